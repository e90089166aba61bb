package io.pgmesh.router.planner;

import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Token;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Optional;
import java.util.regex.Pattern;

/** A constant that is a value of its type to any server, whatever its settings. */
final class PlainConstant {
  private static final long BOOL = 16;
  private static final long INT8 = 20;
  private static final long INT2 = 21;
  private static final long INT4 = 23;
  private static final long TEXT = 25;
  private static final long VARCHAR = 1043;
  private static final long DATE = 1082;
  private static final long NUMERIC = 1700;
  private static final long UUID = 2950;

  /** Types from here on are users', of which NULL may be no value. */
  private static final long FIRST_USER_OID = 16384;

  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");
  private static final Pattern SIGNED_DIGITS = Pattern.compile("-?[0-9]{1,18}");
  private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,18}\\.[0-9]{1,18}");
  private static final Pattern DAY = Pattern.compile("[12][0-9]{3}-[0-9]{2}-[0-9]{2}");
  private static final Pattern UUID_DIGITS =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private PlainConstant() {}

  static boolean isNull(Phrase written, long type) {
    return written.size() == 1 && written.has(0, "null") && type < FIRST_USER_OID;
  }

  /** In the type's text form; empty where only PostgreSQL can tell. */
  static Optional<String> text(Phrase written, long type) {
    boolean negative = written.size() == 2 && written.hasSymbol(0, "-");
    if (written.size() != 1 && !negative) {
      return Optional.empty();
    }
    Token token = written.last();
    String sign = negative ? "-" : "";
    return switch (token.kind()) {
      case INTEGER ->
          Optional.of(token.value())
              .filter(digits -> DIGITS.matcher(digits).matches())
              .map(digits -> sign + digits)
              .filter(number -> type == NUMERIC || isInteger(number, type));
      case NUMBER ->
          Optional.of(sign + token.value())
              .filter(number -> type == NUMERIC && DECIMAL.matcher(token.value()).matches());
      case STRING ->
          isPlain(written) ? Optional.of(token.value()).filter(v -> is(v, type)) : Optional.empty();
      case WORD ->
          Optional.of(token.value()).filter(word -> !negative && type == BOOL && isBool(word));
      case QUOTED_IDENTIFIER, BIT_STRING, UNICODE, PARAMETER, OPERATOR, PUNCTUATION ->
          Optional.empty();
    };
  }

  private static boolean isInteger(String number, long type) {
    long value = Long.parseLong(number);
    return type == INT8
        || type == INT4 && (int) value == value
        || type == INT2 && (short) value == value;
  }

  /** Without a backslash it does not matter what those mean. */
  private static boolean isPlain(Phrase string) {
    String text = string.text();
    return string.size() == 1 && text.startsWith("'") && text.indexOf('\\') < 0;
  }

  private static boolean is(String value, long type) {
    return type == TEXT
        || type == VARCHAR
        || type == BOOL && isBool(value)
        || type == DATE && isDay(value)
        || type == UUID && UUID_DIGITS.matcher(value).matches()
        || SIGNED_DIGITS.matcher(value).matches() && isInteger(value, type);
  }

  private static boolean isBool(String value) {
    return value.equals("true") || value.equals("false");
  }

  private static boolean isDay(String value) {
    if (!DAY.matcher(value).matches()) {
      return false;
    }
    try {
      LocalDate.parse(value);
      return true;
    } catch (DateTimeException none) {
      return false;
    }
  }
}
