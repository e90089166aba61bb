package io.pgmesh.router.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The select lists that stand anywhere in a text. */
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

  /** The parts of all of them. */
  public static List<Query.Item> items(Phrase text) {
    List<Query.Item> items = new ArrayList<>();
    for (int i = 0; i < text.size(); i++) {
      if (text.has(i, "select") && !text.hasSymbol(i - 1, ".")) {
        Phrase behind = text.sub(i + 1, endOfBrackets(text, i));
        list(behind).stream().map(Labels::item).forEach(items::add);
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

  private static List<Phrase> list(Phrase behind) {
    int begin = 0;
    if (behind.starts("all")) {
      begin = 1;
    } else if (behind.starts("distinct")) {
      begin = behind.has(1, "on") ? behind.behindBrackets(2) : 1;
    }
    var layout = new Layout(behind);
    int end = begin;
    while (end < behind.size() && !ends(behind, layout, begin, end)) {
      end++;
    }
    return layout.split(begin, end);
  }

  private static boolean ends(Phrase behind, Layout layout, int begin, int index) {
    String word = behind.at(index).value();
    boolean distinctFrom =
        index > begin && word.equals("from") && behind.has(index - 1, "distinct");
    boolean clause = FIRST_CLAUSES.contains(word) || LATER_CLAUSES.contains(word);
    return clause && layout.has(index, word) && !distinctFrom;
  }
}
