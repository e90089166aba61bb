package io.pgmesh.router.sql;

import java.util.ArrayList;
import java.util.List;

/** Cuts the text of a simple query into its statements. */
public final class StatementSplitter {
  private StatementSplitter() {}

  /**
   * One statement of a text.
   *
   * @param offset where it starts in the whole text, in characters from 0
   * @param sql from its first token to its last, without the closing semicolon
   */
  public record Piece(int offset, String sql) {}

  /** The statements in order; empty ones are left out. */
  public static List<Piece> split(String sql) {
    var pieces = new ArrayList<Piece>();
    List<Token> tokens = Lexer.tokens(sql);
    int first = 0;
    int parentheses = 0;
    int blocks = 0; // BEGIN ATOMIC … END and CASE … END inside it
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      if (token.isSymbol("(")) {
        parentheses++;
      } else if (token.isSymbol(")")) {
        parentheses--;
      } else if (token.is("atomic") && i > 0 && tokens.get(i - 1).is("begin")
          || blocks > 0 && token.is("case")) {
        blocks++;
      } else if (blocks > 0 && token.is("end")) {
        blocks--;
      } else if (token.isSymbol(";") && parentheses <= 0 && blocks == 0) {
        add(pieces, sql, tokens, first, i);
        first = i + 1;
      }
    }
    add(pieces, sql, tokens, first, tokens.size());
    return pieces;
  }

  private static void add(List<Piece> pieces, String sql, List<Token> tokens, int first, int end) {
    if (first < end) {
      int start = tokens.get(first).start();
      pieces.add(new Piece(start, sql.substring(start, tokens.get(end - 1).end())));
    }
  }
}
