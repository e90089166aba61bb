package io.pgmesh.router.planner;

import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Query;

/** Windows whose rows all lie in one shard. */
final class Windows {
  private Windows() {}

  /** Throws unless every window is partitioned by a key. */
  static void check(Query query, Pushdown.Possible pushdown) {
    Query.Block block = pushdown.block();
    for (Query.Item item : block.items()) {
      check(item.expression(), pushdown);
    }
    check(query.tail().text(), pushdown);
    check(block.distinct(), pushdown);
  }

  private static void check(Phrase expression, Pushdown.Possible pushdown) {
    for (Call call : Call.in(expression)) {
      boolean window = !call.window().isEmpty();
      if (window && !isLocal(call.window(), pushdown)) {
        throw new NotPushable("a window is not partitioned by the distribution column");
      }
    }
  }

  private static boolean isLocal(Phrase window, Pushdown.Possible pushdown) {
    if (!window.hasSymbol(0, "(")) {
      return isLocal(definition(window.first().value(), pushdown.block()), pushdown);
    }
    Phrase inside = window.sub(1, window.size() - 1);
    if (!inside.starts("partition", "by")) {
      boolean based =
          !inside.isEmpty()
              && inside.first().isIdentifier()
              && !inside.starts("order")
              && !inside.starts("rows")
              && !inside.starts("range")
              && !inside.starts("groups");
      return based && isLocal(definition(inside.first().value(), pushdown.block()), pushdown);
    }
    int end = inside.size();
    for (String word : new String[] {"order", "rows", "range", "groups"}) {
      int at = inside.find(2, word);
      end = at < 0 ? end : Math.min(end, at);
    }
    return inside.sub(2, end).split(",").stream().anyMatch(pushdown::isKey);
  }

  private static Phrase definition(String name, Query.Block block) {
    for (Phrase part : block.window().split(",")) {
      if (part.size() > 3 && part.first().value().equals(name) && part.has(1, "as")) {
        return part.skip(2);
      }
    }
    throw new NotPushable("the window \"" + name + "\" is not found");
  }
}
