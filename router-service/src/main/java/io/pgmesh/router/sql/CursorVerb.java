package io.pgmesh.router.sql;

import java.util.OptionalInt;

/** What a statement wants of a cursor, which may be a portal that Bind has made. */
public sealed interface CursorVerb {

  record Declare(String name, boolean binary, boolean holds) implements CursorVerb {}

  /**
   * FETCH or MOVE of rows ahead.
   *
   * @param count 0 for all
   */
  record Ahead(String name, boolean moves, int count) implements CursorVerb {}

  /** FETCH or MOVE that goes back. */
  record Back(String name) implements CursorVerb {}

  /**
   * FETCH or MOVE of no rows: of the one that the cursor is at.
   *
   * @param back whether it says that it goes back
   */
  record Here(String name, boolean moves, boolean back) implements CursorVerb {}

  /** FETCH or MOVE to a row that is counted from elsewhere. */
  record Elsewhere(String name) implements CursorVerb {}

  record Close(String name) implements CursorVerb {}

  record CloseAll() implements CursorVerb {}

  /** Another statement. */
  record None() implements CursorVerb {}

  static CursorVerb of(Statement statement) {
    return switch (statement) {
      case Statement.DeclareCursor declare ->
          new Declare(declare.name(), declare.head().find(2, "binary") > 0, declare.holds());
      case Statement.FetchCursor fetch -> new Ahead(fetch.name(), false, fetch.count());
      case Statement.CloseCursor close -> new Close(close.name());
      case Statement.Utility utility -> of(utility.text());
      default -> new None();
    };
  }

  private static CursorVerb of(Phrase utility) {
    boolean rows = utility.starts("fetch") || utility.starts("move");
    if (rows && utility.size() > 1) {
      return rows(utility);
    }
    return utility.starts("close") ? new CloseAll() : new None();
  }

  private static CursorVerb rows(Phrase text) {
    String name = text.last().value();
    boolean moves = text.starts("move");
    int end = text.size() - 1;
    Phrase where =
        text.sub(1, text.has(end - 1, "from") || text.has(end - 1, "in") ? end - 1 : end);
    Phrase ahead = where.starts("forward") ? where.skip(1) : where;
    OptionalInt count = Classifier.count(ahead, 0);
    if (ahead.isEmpty() || where.starts("next")) {
      return new Ahead(name, moves, 1);
    }
    if (ahead.starts("all")) {
      return new Ahead(name, moves, 0);
    }
    if (count.isPresent() && count.getAsInt() > 0) {
      return new Ahead(name, moves, count.getAsInt());
    }
    boolean back = where.starts("backward");
    Phrase aside = back || where.starts("relative") ? where.skip(1) : ahead;
    if (Classifier.count(aside, 0).equals(OptionalInt.of(0))) {
      return new Here(name, moves, back);
    }
    boolean counted =
        where.starts("first")
            || where.starts("last")
            || where.starts("absolute")
            || where.starts("relative");
    return counted ? new Elsewhere(name) : new Back(name);
  }
}
