package io.pgmesh.contracts.hash;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * The hash that places a row: the one of the type's default hash operator class, as PostgreSQL
 * computes it on a little-endian server with a UTF-8 database. What is not hashed here, or not
 * written in a form that means one value under any setting, is left to the coordinator database.
 */
public final class PgHash {
  private static final int BOOL = 16;
  private static final int BYTEA = 17;
  private static final int CHAR = 18;
  private static final int NAME = 19;
  private static final int INT8 = 20;
  private static final int INT2 = 21;
  private static final int INT4 = 23;
  private static final int TEXT = 25;
  private static final int OID = 26;
  private static final int FLOAT4 = 700;
  private static final int FLOAT8 = 701;
  private static final int BPCHAR = 1042;
  private static final int VARCHAR = 1043;
  private static final int DATE = 1082;
  private static final int TIME = 1083;
  private static final int TIMESTAMP = 1114;
  private static final int TIMESTAMPTZ = 1184;
  private static final int NUMERIC = 1700;
  private static final int UUID = 2950;

  private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,19}");
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]{1,3})?");
  private static final Pattern HEX_BYTES = Pattern.compile("\\\\x([0-9a-fA-F]{2})*");
  private static final Pattern PLAIN_UUID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{32}");

  private PgHash() {}

  /**
   * The hash of a value that is not NULL.
   *
   * @param typeOid of the column: {@code pg_type.oid}
   * @param format 0: the type's text form, 1: its binary form
   * @param value in UTF-8 where it is text
   * @return empty when the coordinator database must be asked: another type, or a text that is not
   *     in a plain form
   */
  public static OptionalInt hash(long typeOid, int format, byte[] value) {
    return switch ((int) typeOid) {
      case TEXT, VARCHAR, NAME -> OptionalInt.of(HashBytes.of(value));
      case BPCHAR -> OptionalInt.of(HashBytes.of(value, 0, lengthWithoutSpaces(value)));
      default -> format == 0 ? ofText((int) typeOid, value) : ofBinary((int) typeOid, value);
    };
  }

  /** Whether no value of the type has so many bytes in binary, so that every server refuses it. */
  public static boolean hasWrongLength(long typeOid, byte[] value) {
    int length =
        switch ((int) typeOid) {
          case BOOL, CHAR -> 1;
          case INT2 -> 2;
          case INT4, OID, DATE, FLOAT4 -> 4;
          case INT8, TIME, TIMESTAMP, TIMESTAMPTZ, FLOAT8 -> 8;
          case UUID -> 16;
          default -> value.length;
        };
    return value.length != length;
  }

  private static OptionalInt ofText(int typeOid, byte[] value) {
    return isDigits(value) && (typeOid == INT4 || typeOid == INT8)
        ? ofDigits(typeOid, value)
        : ofText(typeOid, new String(value, StandardCharsets.UTF_8).strip());
  }

  /** Nearly all keys are such. */
  private static boolean isDigits(byte[] value) {
    for (byte digit : value) {
      if (digit < '0' || digit > '9') {
        return false;
      }
    }
    return value.length > 0 && value.length <= 18;
  }

  private static OptionalInt ofDigits(int typeOid, byte[] digits) {
    long value = 0;
    for (byte digit : digits) {
      value = 10 * value + (digit - '0');
    }
    return typeOid == INT4 && value > Integer.MAX_VALUE
        ? OptionalInt.empty()
        : some(HashBytes.ofLong(value));
  }

  private static OptionalInt ofText(int typeOid, String text) {
    return switch (typeOid) {
      case INT2 -> ofInteger(text, Short.MIN_VALUE, Short.MAX_VALUE);
      case INT4 -> ofInteger(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case INT8 -> ofInteger(text, Long.MIN_VALUE, Long.MAX_VALUE);
      case OID -> ofOid(text);
      case BOOL -> ofBoolean(text);
      case FLOAT4 -> DECIMAL.matcher(text).matches() ? ofFloat4(text) : OptionalInt.empty();
      case FLOAT8 -> DECIMAL.matcher(text).matches() ? ofFloat8(text) : OptionalInt.empty();
      case NUMERIC ->
          DECIMAL.matcher(text).matches()
              ? OptionalInt.of(NumericHash.of(new BigDecimal(text)))
              : OptionalInt.empty();
      case UUID -> ofUuid(text);
      case BYTEA -> ofBytea(text);
      case DATE ->
          IsoTimes.days(text)
              .map(HashBytes::ofInt)
              .map(OptionalInt::of)
              .orElseGet(OptionalInt::empty);
      case TIMESTAMP ->
          IsoTimes.localMicros(text)
              .map(HashBytes::ofLong)
              .map(OptionalInt::of)
              .orElseGet(OptionalInt::empty);
      case TIMESTAMPTZ ->
          IsoTimes.zonedMicros(text)
              .map(HashBytes::ofLong)
              .map(OptionalInt::of)
              .orElseGet(OptionalInt::empty);
      default -> OptionalInt.empty();
    };
  }

  private static OptionalInt ofBinary(int typeOid, byte[] value) {
    ByteBuffer in = ByteBuffer.wrap(value);
    return switch (typeOid) {
      case INT2 -> value.length == 2 ? some(HashBytes.ofInt(in.getShort())) : OptionalInt.empty();
      case INT4, OID, DATE ->
          value.length == 4 ? some(HashBytes.ofInt(in.getInt())) : OptionalInt.empty();
      case INT8, TIME, TIMESTAMP, TIMESTAMPTZ ->
          value.length == 8 ? some(HashBytes.ofLong(in.getLong())) : OptionalInt.empty();
      case BOOL ->
          value.length == 1 ? some(HashBytes.ofInt(value[0] == 0 ? 0 : 1)) : OptionalInt.empty();
      case CHAR -> value.length == 1 ? some(HashBytes.ofInt(value[0])) : OptionalInt.empty();
      case FLOAT4 -> value.length == 4 ? some(ofDouble(in.getFloat())) : OptionalInt.empty();
      case FLOAT8 -> value.length == 8 ? some(ofDouble(in.getDouble())) : OptionalInt.empty();
      case BYTEA -> some(HashBytes.of(value));
      case UUID -> value.length == 16 ? some(HashBytes.of(value)) : OptionalInt.empty();
      case NUMERIC -> NumericHash.ofBinary(value);
      default -> OptionalInt.empty();
    };
  }

  private static OptionalInt some(int hash) {
    return OptionalInt.of(hash);
  }

  private static OptionalInt ofInteger(String text, long least, long most) {
    if (!INTEGER.matcher(text).matches()) {
      return OptionalInt.empty();
    }
    try {
      long value = Long.parseLong(text);
      return value < least || value > most ? OptionalInt.empty() : some(HashBytes.ofLong(value));
    } catch (NumberFormatException outOfRange) {
      return OptionalInt.empty(); // the server says so in its own words
    }
  }

  private static OptionalInt ofOid(String text) {
    boolean plain =
        text.length() <= 10 && !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!plain || Long.parseLong(text) > 0xffffffffL) {
      return OptionalInt.empty();
    }
    return some(HashBytes.ofInt((int) Long.parseLong(text)));
  }

  private static OptionalInt ofBoolean(String text) {
    return switch (text.toLowerCase(java.util.Locale.ROOT)) {
      case "t", "true", "on", "yes", "y", "1" -> some(HashBytes.ofInt(1));
      case "f", "false", "off", "no", "n", "0" -> some(HashBytes.ofInt(0));
      default -> OptionalInt.empty();
    };
  }

  private static OptionalInt ofFloat4(String text) {
    float value = Float.parseFloat(text);
    return Float.isInfinite(value) ? OptionalInt.empty() : some(ofDouble(value));
  }

  private static OptionalInt ofFloat8(String text) {
    double value = Double.parseDouble(text);
    return Double.isInfinite(value) ? OptionalInt.empty() : some(ofDouble(value));
  }

  /**
   * {@code hashfloat8}; a float4 is widened first, so that equal numbers of both types are one key.
   */
  private static int ofDouble(double value) {
    if (value == 0) {
      return 0; // minus zero too
    }
    long bits = Double.doubleToLongBits(value); // one NaN only
    var bytes = new byte[8];
    for (int i = 0; i < 8; i++) {
      bytes[i] = (byte) (bits >>> (8 * i));
    }
    return HashBytes.of(bytes);
  }

  private static OptionalInt ofUuid(String text) {
    if (!PLAIN_UUID.matcher(text).matches()) {
      return OptionalInt.empty();
    }
    return some(HashBytes.of(java.util.HexFormat.of().parseHex(text.replace("-", ""))));
  }

  private static OptionalInt ofBytea(String text) {
    if (HEX_BYTES.matcher(text).matches()) {
      return some(HashBytes.of(java.util.HexFormat.of().parseHex(text, 2, text.length())));
    }
    return OptionalInt.empty(); // the escape form
  }

  private static int lengthWithoutSpaces(byte[] value) {
    int length = value.length;
    while (length > 0 && value[length - 1] == ' ') {
      length--;
    }
    return length;
  }
}
