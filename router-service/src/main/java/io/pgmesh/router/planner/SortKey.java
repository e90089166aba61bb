package io.pgmesh.router.planner;

import io.pgmesh.router.sql.Phrase;

/**
 * A part of ORDER BY.
 *
 * @param direction {@code ASC}, {@code DESC}, {@code NULLS …}; may be empty
 */
record SortKey(Phrase expression, Phrase direction) {
  static SortKey of(Phrase part) {
    int end = part.size();
    if (end > 2 && part.has(end - 2, "nulls")) {
      end -= 2;
    }
    if (end > 1 && (part.has(end - 1, "asc") || part.has(end - 1, "desc"))) {
      end--;
    }
    if (part.contains("using")) {
      throw new NotPushable("it sorts by an operator");
    }
    return new SortKey(part.sub(0, end), part.skip(end));
  }

  /** The direction, with a space before it. */
  Template suffix() {
    return direction.isEmpty() ? new Template() : new Template().add(" ").copy(direction);
  }
}
