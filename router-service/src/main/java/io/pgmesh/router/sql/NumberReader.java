package io.pgmesh.router.sql;

/** Numbers as PostgreSQL writes them: in base 10 with fraction and exponent, or in another base. */
final class NumberReader {
  private NumberReader() {}

  /**
   * @param at where a digit stands, or a point with a digit behind it
   */
  static Token read(String sql, int at) {
    if (inAnotherBase(sql, at)) {
      return token(Token.Kind.INTEGER, sql, at, digitsEnd(sql, at + 2, 16));
    }
    int whole = digitsEnd(sql, at, 10);
    boolean fraction =
        whole < sql.length() && sql.charAt(whole) == '.' && !sql.startsWith("..", whole);
    int mantissa = fraction ? digitsEnd(sql, whole + 1, 10) : whole;
    int end = exponentEnd(sql, mantissa);
    boolean integer = !fraction && end == mantissa;
    return token(integer ? Token.Kind.INTEGER : Token.Kind.NUMBER, sql, at, end);
  }

  private static Token token(Token.Kind kind, String sql, int start, int end) {
    return new Token(kind, start, end, sql.substring(start, end));
  }

  private static boolean inAnotherBase(String sql, int at) {
    return at + 2 < sql.length()
        && sql.charAt(at) == '0'
        && "xXoObB".indexOf(sql.charAt(at + 1)) >= 0
        && Character.digit(sql.charAt(at + 2), 16) >= 0;
  }

  private static int exponentEnd(String sql, int from) {
    if (from >= sql.length() || (sql.charAt(from) != 'e' && sql.charAt(from) != 'E')) {
      return from;
    }
    int digits = from + 1;
    if (digits < sql.length() && (sql.charAt(digits) == '+' || sql.charAt(digits) == '-')) {
      digits++;
    }
    int end = digitsEnd(sql, digits, 10);
    return end == digits ? from : end;
  }

  /** Behind a run of digits and of underscores between them. */
  private static int digitsEnd(String sql, int from, int radix) {
    int end = from;
    while (end < sql.length()
        && (Character.digit(sql.charAt(end), radix) >= 0 && sql.charAt(end) < 128
            || sql.charAt(end) == '_' && end > from)) {
      end++;
    }
    return end;
  }
}
