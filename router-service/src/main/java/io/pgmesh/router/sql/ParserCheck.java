package io.pgmesh.router.sql;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.sf.jsqlparser.parser.AbstractJSqlParser.Dialect;
import net.sf.jsqlparser.parser.CCJSqlParser;
import net.sf.jsqlparser.parser.CCJSqlParserConstants;
import net.sf.jsqlparser.parser.CCJSqlParserTreeConstants;
import net.sf.jsqlparser.parser.Node;
import net.sf.jsqlparser.parser.ParseException;
import net.sf.jsqlparser.parser.TokenMgrException;

/**
 * A second opinion on a query's tables: JSqlParser reads the same text, and only where both find
 * the same tables at the same places is the query planned on workers. A wrong reading would be a
 * wrong answer; two readers do not err alike.
 */
public final class ParserCheck {
  private ParserCheck() {}

  /** The first parse loads the grammar, a quarter of a second. */
  public static void warmUp() {
    String sql =
        "SELECT a, count(*) FROM t JOIN u USING (k) WHERE b = 1 GROUP BY a ORDER BY 2 LIMIT 3";
    Phrase text = Phrase.of(sql, Lexer.tokens(sql));
    check(text, QueryReader.read(text));
  }

  /**
   * @param text the whole text of {@code query}
   * @throws NotUnderstood where the parser rejects the text or finds other tables
   */
  public static void check(Phrase text, Query query) {
    Set<Integer> found = new HashSet<>();
    if (TableNames.of(query).stream().anyMatch(ParserCheck::inBrackets)) {
      throw new NotUnderstood("ONLY with parentheses");
    }
    TableNames.of(query).forEach(name -> found.add(name.start() - text.start()));
    if (!found.equals(tableOffsets(text))) {
      throw new NotUnderstood("this form of FROM");
    }
  }

  /** {@code ONLY (t)}, where no alias of a shard could stand. */
  private static boolean inBrackets(Phrase name) {
    Phrase before = new Phrase(name.sql(), name.tokens(), 0, name.from());
    return before.hasSymbol(before.size() - 1, "(") && before.has(before.size() - 2, "only");
  }

  /** Where names of tables start in the phrase's own text. */
  private static Set<Integer> tableOffsets(Phrase text) {
    Set<Integer> offsets = new HashSet<>();
    for (ParserPieces.Piece piece : ParserPieces.of(text)) {
      CCJSqlParser parser = parsed(piece.sql());
      if (parser.getToken(1).kind != CCJSqlParserConstants.EOF) {
        throw new NotUnderstood("a form that the SQL parser reads in part");
      }
      collect(parser.getASTRoot(), piece.offset(), text, offsets);
    }
    return offsets;
  }

  private static CCJSqlParser parsed(String sql) {
    try {
      var parser = new CCJSqlParser(sql);
      parser.withDialect(Dialect.POSTGRESQL).withAllowComplexParsing(true);
      parser.Statement();
      return parser;
    } catch (ParseException | TokenMgrException rejected) {
      throw new NotUnderstood("a form that the SQL parser rejects");
    } catch (StackOverflowError deep) { // it has no limit of its own: NOT NOT NOT …
      throw new NotUnderstood("a form too deep for the SQL parser");
    }
  }

  /** A walk without recursion: an expression of n operators may be a tree as deep. */
  private static void collect(Node root, int start, Phrase text, Set<Integer> offsets) {
    Deque<Node> nodes = new ArrayDeque<>(List.of(root));
    while (!nodes.isEmpty()) {
      Node node = nodes.pop();
      if (node.getId() == CCJSqlParserTreeConstants.JJTTABLENAME) {
        int offset = node.jjtGetFirstToken().absoluteBegin - 1 + start;
        if (!isOnlyMentioned(offset, text)) {
          offsets.add(offset - text.start());
        }
      }
      for (int i = 0; i < node.jjtGetNumChildren(); i++) {
        nodes.push(node.jjtGetChild(i));
      }
    }
  }

  /** {@code t.*} and {@code FOR UPDATE OF t} name a table that FROM has. */
  private static boolean isOnlyMentioned(int start, Phrase text) {
    int index = text.indexAt(start);
    if (index < 0) {
      return false;
    }
    int behind = index + text.nameLength(index);
    boolean star = text.hasSymbol(behind, ".") && text.hasSymbol(behind + 1, "*");
    return star || text.has(index - 1, "of");
  }
}
