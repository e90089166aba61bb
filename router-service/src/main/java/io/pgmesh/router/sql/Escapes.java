package io.pgmesh.router.sql;

/** Backslash escapes of {@code E'…'}. */
final class Escapes {
  private Escapes() {}

  /**
   * Appends what an escape stands for.
   *
   * @param at offset of the character behind the backslash
   * @return offset behind the escape
   */
  static int append(String sql, int at, StringBuilder out) {
    char escape = sql.charAt(at);
    switch (escape) {
      case 'b' -> out.append('\b');
      case 'f' -> out.append('\f');
      case 'n' -> out.append('\n');
      case 'r' -> out.append('\r');
      case 't' -> out.append('\t');
      case 'v' -> out.append((char) 0x0b);
      case 'x', 'u', 'U' -> {
        int most = escape == 'x' ? 2 : escape == 'u' ? 4 : 8;
        int end = digits(sql, at + 1, 16, most);
        if (end == at + 1) {
          out.append(escape);
        } else {
          out.appendCodePoint(
              Math.min(Integer.parseUnsignedInt(sql, at + 1, end, 16) & 0x1fffff, 0x10ffff));
        }
        return end;
      }
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        int end = digits(sql, at, 8, 3);
        out.append((char) (Integer.parseInt(sql, at, end, 8) & 0xff));
        return end;
      }
      default -> out.append(escape);
    }
    return at + 1;
  }

  private static int digits(String sql, int from, int radix, int most) {
    int end = from;
    while (end < sql.length()
        && end - from < most
        && Character.digit(sql.charAt(end), radix) >= 0) {
      end++;
    }
    return end;
  }
}
