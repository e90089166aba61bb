package io.pgmesh.router.sql;

/** Operators as PostgreSQL cuts them. */
final class OperatorReader {
  private static final String CHARACTERS = "+-*/<>=~!@#%^&|`?";
  private static final String LETS_END_IN_SIGN = "~!@#%^&|`?";

  private OperatorReader() {}

  static boolean startsWith(char here) {
    return CHARACTERS.indexOf(here) >= 0;
  }

  /**
   * The longest run of operator characters that no comment starts in; a sign ends it only behind
   * some characters.
   */
  static Token read(String sql, int at) {
    int end = at;
    while (end < sql.length()
        && startsWith(sql.charAt(end))
        && !(end > at && (sql.startsWith("--", end) || sql.startsWith("/*", end)))) {
      end++;
    }
    while (end - at > 1 && "+-".indexOf(sql.charAt(end - 1)) >= 0 && !maySign(sql, at, end)) {
      end--;
    }
    return new Token(Token.Kind.OPERATOR, at, end, sql.substring(at, end));
  }

  private static boolean maySign(String sql, int from, int end) {
    for (int i = from; i < end - 1; i++) {
      if (LETS_END_IN_SIGN.indexOf(sql.charAt(i)) >= 0) {
        return true;
      }
    }
    return false;
  }
}
