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
    return isPlainlyOne(sql) ? List.of(new Piece(0, withoutEnd(sql))) : splitTokens(sql);
  }

  /**
   * Whether a look at the characters is enough: one statement from the first character on, without
   * anything that could hide where a string, a comment or the statement ends.
   */
  private static boolean isPlainlyOne(String sql) {
    int end = sql.length() - 1;
    if (end < 0 || !Character.isLetter(sql.charAt(0)) || Character.isWhitespace(sql.charAt(end))) {
      return false;
    }
    boolean inString = false;
    for (int i = 0; i <= end; i++) {
      switch (sql.charAt(i)) {
        case '\'' -> inString = !inString;
        case ';' -> {
          if (i < end) {
            return false;
          }
        }
        case '"', '\\', '/' -> {
          return false;
        }
        case '-' -> {
          if (i < end && sql.charAt(i + 1) == '-') {
            return false;
          }
        }
        case '$' -> {
          if (i == end || !Character.isDigit(sql.charAt(i + 1))) {
            return false;
          }
        }
        default -> {
          // says nothing
        }
      }
    }
    return !inString;
  }

  private static String withoutEnd(String sql) {
    return sql.charAt(sql.length() - 1) == ';'
        ? sql.substring(0, sql.length() - 1).stripTrailing()
        : sql;
  }

  private static List<Piece> splitTokens(String sql) {
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
