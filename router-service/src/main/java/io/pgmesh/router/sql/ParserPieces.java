package io.pgmesh.router.sql;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * A text as the SQL parser gets it. The parser takes a time that grows with the third power of
 * nesting, and all of its stack; so what is deep or long and can hold no table is put to it as a
 * constant, and a subquery that is deep or long as a text of its own.
 */
final class ParserPieces {
  /** So much nesting, parentheses, brackets and CASE, the parser reads as it is written. */
  private static final int PLAIN_DEPTH = 24;

  /** More, around a subquery, is not given to the parser at all. */
  private static final int MOST_DEPTH = 48;

  private static final int PLAIN_TOKENS = 1_000;

  private static final String CONSTANT = "1";
  private static final String QUERY = "select 1";

  /** Without one of these a text in parentheses names no table. */
  private static final Set<String> BEFORE_TABLES =
      Set.of(
          "select", "table", "values", "with", "from", "join", "only", "into", "using", "insert",
          "update", "delete", "merge");

  /** What may begin something in parentheses that is no expression. */
  private static final Set<String> NO_EXPRESSION =
      Set.of(
          "all",
          "as",
          "both",
          "distinct",
          "groups",
          "leading",
          "order",
          "partition",
          "range",
          "rows",
          "trailing",
          "variadic",
          "where");

  private final Phrase text;
  private final int[] wordsBefore; // of those before tables, before each token
  private final Deque<Phrase> queries = new ArrayDeque<>();

  /**
   * A query.
   *
   * @param offset of the text in that of the whole statement
   */
  record Piece(String sql, int offset) {}

  private ParserPieces(Phrase text) {
    this.text = text;
    this.wordsBefore = new int[text.size() + 1];
    for (int i = 0; i < text.size(); i++) {
      Token token = text.at(i);
      boolean word = token.kind() == Token.Kind.WORD && BEFORE_TABLES.contains(token.value());
      wordsBefore[i + 1] = wordsBefore[i] + (word ? 1 : 0);
    }
  }

  /**
   * @throws NotUnderstood where subqueries stand too deep
   */
  static List<Piece> of(Phrase text) {
    var pieces = new ParserPieces(text);
    List<Piece> found = new ArrayList<>();
    pieces.queries.add(text);
    while (!pieces.queries.isEmpty()) {
      found.add(pieces.piece(pieces.queries.remove()));
    }
    return found;
  }

  private Piece piece(Phrase query) {
    var sql = new StringBuilder(query.text());
    int depth = 0;
    int i = 0;
    while (i < query.size()) {
      int partner = query.partner(i);
      if (partner < i) {
        depth--;
      } else if (partner > i) {
        boolean plain = depth < PLAIN_DEPTH && partner - i < PLAIN_TOKENS;
        if (!plain && partner < query.size() && cut(query, i, partner, sql)) {
          i = partner;
        } else if (++depth > MOST_DEPTH) {
          throw new NotUnderstood("a query of so many parentheses");
        }
      }
      i++;
    }
    return new Piece(sql.toString(), query.start());
  }

  /** Puts something short in place of what stands between two tokens; false where none could be. */
  private boolean cut(Phrase query, int open, int close, StringBuilder sql) {
    int from = query.at(open).end() - query.start();
    int to = query.at(close).start() - query.start();
    int words = wordsBetween(query, open, close);
    if (query.has(open, "case")) {
      return words == 0
          && blank(sql, query.at(open).start() - query.start(), to + "end".length(), CONSTANT);
    }
    Phrase inside = query.sub(open + 1, close);
    boolean isQuery = query.hasSymbol(open, "(") && startsQuery(inside);
    if (isQuery && blank(sql, from, to, QUERY)) {
      if (words > 1 || !inside.starts("values")) {
        queries.add(inside);
      }
      return true;
    }
    if (words > 0 || inside.size() < 2 || isNoExpression(inside) || query.has(open - 1, "only")) {
      return false;
    }
    int as = query.has(open - 1, "cast") ? inside.find(0, "as") : -1;
    return blank(sql, from, as < 0 ? to : inside.at(as).start() - query.start(), CONSTANT + " ");
  }

  private int wordsBetween(Phrase query, int open, int close) {
    int base = query.from() - text.from();
    return wordsBefore[base + close] - wordsBefore[base + open];
  }

  private static boolean startsQuery(Phrase inside) {
    return !inside.isEmpty()
        && inside.first().kind() == Token.Kind.WORD
        && Tokens.QUERY_WORDS.contains(inside.first().value());
  }

  private static boolean isNoExpression(Phrase inside) {
    return inside.first().kind() == Token.Kind.WORD
        && NO_EXPRESSION.contains(inside.first().value());
  }

  /** All else keeps its place. */
  private static boolean blank(StringBuilder sql, int from, int to, String words) {
    if (to - from < words.length()) {
      return false;
    }
    for (int i = from; i < to; i++) {
      int at = i - from;
      sql.setCharAt(i, at < words.length() ? words.charAt(at) : ' ');
    }
    return true;
  }
}
