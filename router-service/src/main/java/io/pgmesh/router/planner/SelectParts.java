package io.pgmesh.router.planner;

import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SelectLists;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Clauses of a plain SELECT; absent ones are empty.
 *
 * @param items of the select list, with their aliases
 * @param rest what stands behind WHERE and GROUP BY: HAVING, WINDOW, UNION, ORDER BY, LIMIT, …
 */
record SelectParts(List<Phrase> items, Phrase from, Phrase where, Phrase groupBy, Phrase rest) {

  static SelectParts of(Phrase select) {
    TreeMap<Integer, String> clauses = new TreeMap<>();
    for (String word : List.of("where", "group")) {
      putFirst(clauses, select, word);
    }
    int listEnd = SelectLists.end(select);
    if (select.has(listEnd, "from")) {
      clauses.put(listEnd, "from");
    }
    int later =
        SelectLists.LATER_CLAUSES.stream()
            .mapToInt(word -> select.find(1, word))
            .filter(i -> i > 0)
            .min()
            .orElse(-1);
    if (later > 0) {
      clauses.put(later, "rest");
    }
    return new SelectParts(
        new ArrayList<>(select.sub(Math.min(1, listEnd), listEnd).split(",")),
        clause(select, clauses, "from", 1),
        clause(select, clauses, "where", 1),
        clause(select, clauses, "group", 2),
        clause(select, clauses, "rest", 0));
  }

  private static void putFirst(Map<Integer, String> clauses, Phrase select, String word) {
    int at = select.find(0, word);
    if (at >= 0) {
      clauses.put(at, word);
    }
  }

  private static Phrase clause(
      Phrase select, TreeMap<Integer, String> clauses, String name, int skip) {
    for (var entry : clauses.entrySet()) {
      if (entry.getValue().equals(name)) {
        Integer next = clauses.higherKey(entry.getKey());
        int end = next == null ? select.size() : next;
        return select.sub(Math.min(entry.getKey() + skip, end), end);
      }
    }
    return select.sub(select.size(), select.size());
  }

  /** Whether an item is {@code *} or {@code t.*}. */
  static boolean isStar(Phrase item) {
    return !item.isEmpty() && item.last().isSymbol("*");
  }
}
