package io.pgmesh.router.sql;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Tokens of a text by PostgreSQL's rules, with {@code standard_conforming_strings} on.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-syntax-lexical.html">Lexical
 *     structure</a>
 */
public final class Lexer {
  private final String sql;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private Lexer(String sql) {
    this.sql = sql;
  }

  /**
   * All tokens of a text.
   *
   * @throws SqlError 42601 with a position where a string, identifier or comment does not end
   */
  public static List<Token> tokens(String sql) {
    var lexer = new Lexer(sql);
    while (lexer.skipSpace()) {
      lexer.next();
    }
    return Tokens.of(lexer.tokens);
  }

  /** Skips white space and comments; false at the end. */
  private boolean skipSpace() {
    while (at < sql.length()) {
      char here = sql.charAt(at);
      if (isSpace(here)) {
        at++;
      } else if (sql.startsWith("--", at)) {
        while (at < sql.length() && sql.charAt(at) != '\n' && sql.charAt(at) != '\r') {
          at++;
        }
      } else if (sql.startsWith("/*", at)) {
        skipComment();
      } else {
        return true;
      }
    }
    return false;
  }

  private void skipComment() {
    int start = at;
    int depth = 0;
    do {
      if (sql.startsWith("/*", at)) {
        depth++;
        at += 2;
      } else if (sql.startsWith("*/", at)) {
        depth--;
        at += 2;
      } else if (at++ >= sql.length()) {
        throw unterminated("/* comment", start);
      }
    } while (depth > 0);
  }

  private void next() {
    char here = sql.charAt(at);
    char following = peek(1);
    switch (here) {
      case '\'' -> string(at, at + 1, false);
      case '"' -> quotedIdentifier(Token.Kind.QUOTED_IDENTIFIER, at, at + 1);
      case '$' -> dollar();
      case '(', ')', '[', ']', ',', ';' -> add(Token.Kind.PUNCTUATION, at, at + 1);
      case ':' ->
          add(Token.Kind.PUNCTUATION, at, at + (following == ':' || following == '=' ? 2 : 1));
      case '.' -> dot(following);
      default -> {
        if (isDigit(here)) {
          take(NumberReader.read(sql, at));
        } else if (isIdentifierStart(here)) {
          word(here, following);
        } else if (OperatorReader.startsWith(here)) {
          take(OperatorReader.read(sql, at));
        } else {
          add(Token.Kind.OPERATOR, at, at + 1); // the server says that it is no character of SQL
        }
      }
    }
  }

  private void dot(char following) {
    if (isDigit(following)) {
      take(NumberReader.read(sql, at));
    } else {
      add(Token.Kind.PUNCTUATION, at, at + (following == '.' ? 2 : 1));
    }
  }

  private void word(char here, char following) {
    char prefix = following == '\'' || following == '&' ? Character.toLowerCase(here) : ' ';
    if (following == '\'' && (prefix == 'e' || prefix == 'n')) {
      string(at, at + 2, prefix == 'e');
    } else if (following == '\'' && (prefix == 'b' || prefix == 'x')) {
      string(Token.Kind.BIT_STRING, at, at + 2, false);
    } else if (prefix == 'u' && following == '&' && peek(2) == '\'') {
      string(Token.Kind.UNICODE, at, at + 3, false);
    } else if (prefix == 'u' && following == '&' && peek(2) == '"') {
      quotedIdentifier(Token.Kind.UNICODE, at, at + 3);
    } else {
      plainWord();
    }
  }

  private void plainWord() {
    int end = at + 1;
    while (end < sql.length() && isIdentifierPart(sql.charAt(end))) {
      end++;
    }
    take(new Token(Token.Kind.WORD, at, end, fold(sql.substring(at, end))));
  }

  /**
   * An unquoted identifier as PostgreSQL reads it: ASCII letters in lower case, others as they are.
   */
  public static String fold(String identifier) {
    boolean ascii = identifier.chars().allMatch(c -> c < 128);
    if (ascii) {
      return identifier.toLowerCase(Locale.ROOT);
    }
    var folded = new StringBuilder(identifier);
    for (int i = 0; i < folded.length(); i++) {
      char c = folded.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        folded.setCharAt(i, (char) (c + ('a' - 'A')));
      }
    }
    return folded.toString();
  }

  private void string(int start, int from, boolean escapes) {
    string(Token.Kind.STRING, start, from, escapes);
  }

  private void string(Token.Kind kind, int start, int from, boolean escapes) {
    var value = new StringBuilder();
    int end = quoted(start, from, escapes, value);
    for (int more = continuation(end); more > 0; more = continuation(end)) {
      end = quoted(start, more + 1, escapes, value);
    }
    take(new Token(kind, start, end, value.toString()));
  }

  /** Reads to behind the closing quote. */
  private int quoted(int start, int from, boolean escapes, StringBuilder value) {
    int end = from;
    while (end < sql.length()) {
      char here = sql.charAt(end);
      if (here == '\'') {
        if (end + 1 < sql.length() && sql.charAt(end + 1) == '\'') {
          end++;
        } else {
          return end + 1;
        }
      } else if (here == '\\' && escapes && end + 1 < sql.length()) {
        end = Escapes.append(sql, end + 1, value);
        continue;
      }
      value.append(here);
      end++;
    }
    throw unterminated("quoted string", start);
  }

  /**
   * Where a string goes on: the quote behind white space with a line end in it; 0 where it does
   * not.
   */
  private int continuation(int from) {
    boolean lineEnd = false;
    int look = from;
    while (look < sql.length()) {
      char here = sql.charAt(look);
      if (isSpace(here)) {
        lineEnd |= here == '\n' || here == '\r';
        look++;
      } else if (lineEnd && sql.startsWith("--", look)) {
        while (look < sql.length() && sql.charAt(look) != '\n' && sql.charAt(look) != '\r') {
          look++;
        }
      } else {
        return lineEnd && here == '\'' ? look : 0;
      }
    }
    return 0;
  }

  private void quotedIdentifier(Token.Kind kind, int start, int from) {
    var value = new StringBuilder();
    int end = from;
    while (true) {
      if (end >= sql.length()) {
        throw unterminated("quoted identifier", start);
      }
      char here = sql.charAt(end);
      if (here == '"') {
        if (end + 1 >= sql.length() || sql.charAt(end + 1) != '"') {
          break;
        }
        end++;
      }
      value.append(here);
      end++;
    }
    take(new Token(kind, start, end + 1, value.toString()));
  }

  /** {@code $1}, {@code $$…$$}, {@code $tag$…$tag$}. */
  private void dollar() {
    int end = at + 1;
    if (end < sql.length() && isDigit(sql.charAt(end))) {
      while (end < sql.length() && isDigit(sql.charAt(end))) {
        end++;
      }
      take(new Token(Token.Kind.PARAMETER, at, end, sql.substring(at + 1, end)));
      return;
    }
    while (end < sql.length() && isIdentifierPart(sql.charAt(end)) && sql.charAt(end) != '$') {
      end++;
    }
    if (end >= sql.length() || sql.charAt(end) != '$') {
      add(Token.Kind.OPERATOR, at, at + 1);
      return;
    }
    String tag = sql.substring(at, end + 1);
    int close = sql.indexOf(tag, end + 1);
    if (close < 0) {
      throw unterminated("dollar-quoted string", at);
    }
    String value = sql.substring(end + 1, close);
    take(new Token(Token.Kind.STRING, at, close + tag.length(), value));
  }

  private void take(Token token) {
    tokens.add(token);
    at = token.end();
  }

  private void add(Token.Kind kind, int start, int end) {
    take(new Token(kind, start, end, sql.substring(start, end)));
  }

  private char peek(int ahead) {
    return at + ahead < sql.length() ? sql.charAt(at + ahead) : '\0';
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == 0x0b;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isIdentifierStart(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 128;
  }

  private static boolean isIdentifierPart(char c) {
    return isIdentifierStart(c) || isDigit(c) || c == '$';
  }

  private SqlError unterminated(String what, int start) {
    String message = "unterminated " + what + " at or near \"" + sql.substring(start) + "\"";
    return new SqlError(
        ErrorFields.error(SqlState.SYNTAX_ERROR, message)
            .with(ErrorFields.POSITION, Integer.toString(sql.codePointCount(0, start) + 1)));
  }
}
