package io.pgmesh.router.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Where select lists stand in a text. */
public final class SelectLists {
  /** Reserved words that begin what may stand behind FROM, WHERE and GROUP BY. */
  public static final Set<String> LATER_CLAUSES =
      Set.of(
          "having",
          "window",
          "union",
          "intersect",
          "except",
          "order",
          "limit",
          "offset",
          "fetch",
          "for");

  private static final Set<String> FIRST_CLAUSES =
      Set.of("from", "into", "where", "group", "returning");

  private SelectLists() {}

  /** The parts of all select lists that stand anywhere in a text. */
  public static List<Query.Item> items(Phrase text) {
    List<Query.Item> items = new ArrayList<>();
    for (int i = 0; i < text.size(); i++) {
      if (text.has(i, "select") && !text.hasSymbol(i - 1, ".")) {
        Phrase select = text.sub(i, endOfBrackets(text, i));
        items.addAll(items(select, new Layout(select)));
      }
    }
    return items;
  }

  /** Index of the bracket that closes those around an index; the text's end if there is none. */
  private static int endOfBrackets(Phrase text, int index) {
    int i = index;
    while (i < text.size() && !text.hasSymbol(i, ")") && !text.hasSymbol(i, "]")) {
      boolean opens = text.hasSymbol(i, "(") || text.hasSymbol(i, "[");
      i = opens ? text.behindBrackets(i) : i + 1;
    }
    return i;
  }

  /** The parts of the list of a text that begins with SELECT. */
  static List<Query.Item> items(Phrase select, Layout layout) {
    return layout.split(begin(select), end(select, layout)).stream().map(Labels::item).toList();
  }

  /** Where the list of a text that begins with SELECT begins: behind ALL and DISTINCT. */
  static int begin(Phrase select) {
    if (select.has(1, "distinct")) {
      return select.has(2, "on") ? select.behindBrackets(3) : 2;
    }
    return select.has(1, "all") ? 2 : 1;
  }

  /** Where it ends: FROM stands there, or a later clause where there is none. */
  public static int end(Phrase select) {
    return end(select, new Layout(select));
  }

  static int end(Phrase select, Layout layout) {
    int begin = begin(select);
    int end = layout.next(begin);
    while (end < select.size() && !ends(select, layout, begin, end)) {
      end = layout.next(end + 1);
    }
    return end;
  }

  private static boolean ends(Phrase select, Layout layout, int begin, int index) {
    String word = select.at(index).value();
    boolean distinctFrom =
        index > begin && word.equals("from") && select.has(index - 1, "distinct");
    boolean clause = FIRST_CLAUSES.contains(word) || LATER_CLAUSES.contains(word);
    return clause && layout.has(index, word) && !distinctFrom;
  }
}
