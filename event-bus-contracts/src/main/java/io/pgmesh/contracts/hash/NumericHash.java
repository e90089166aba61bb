package io.pgmesh.contracts.hash;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;

/**
 * {@code hash_numeric}: over base-10000 digits without zeros at either end, so that 1.5 and 1.50
 * are one key.
 */
final class NumericHash {
  private static final int BASE_DIGITS = 4;
  private static final BigInteger BASE = BigInteger.valueOf(10_000);
  private static final int SIGN_SPECIAL = 0xC000;
  private static final int ZERO = -1;

  private NumericHash() {}

  static int of(BigDecimal value) {
    if (value.signum() == 0) {
      return ZERO;
    }
    int scale = Math.max(0, value.scale());
    int groupsBehindPoint = (scale + BASE_DIGITS - 1) / BASE_DIGITS;
    BigInteger left =
        value.abs().movePointRight(groupsBehindPoint * BASE_DIGITS).toBigIntegerExact();
    List<Short> digits = new ArrayList<>();
    while (left.signum() != 0) {
      BigInteger[] parts = left.divideAndRemainder(BASE);
      digits.add(parts[1].shortValue());
      left = parts[0];
    }
    Collections.reverse(digits);
    return of(digits, digits.size() - 1 - groupsBehindPoint);
  }

  /** From the binary format: ndigits, weight, sign, dscale, digits. */
  static OptionalInt ofBinary(byte[] value) {
    if (value.length < 8) {
      return OptionalInt.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(value);
    int count = in.getShort() & 0xffff;
    int weight = in.getShort();
    int sign = in.getShort() & 0xffff;
    in.getShort(); // dscale does not matter
    if ((sign & SIGN_SPECIAL) == SIGN_SPECIAL) {
      return OptionalInt.of(0);
    }
    if (in.remaining() != 2 * count) {
      return OptionalInt.empty();
    }
    List<Short> digits = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      digits.add(in.getShort());
    }
    return OptionalInt.of(of(digits, weight));
  }

  private static int of(List<Short> digits, int weight) {
    int first = 0;
    int last = digits.size();
    while (first < last && digits.get(first) == 0) {
      first++;
    }
    while (last > first && digits.get(last - 1) == 0) {
      last--;
    }
    if (first == last) {
      return ZERO;
    }
    var bytes = new byte[2 * (last - first)];
    for (int i = first; i < last; i++) {
      short digit = digits.get(i);
      bytes[2 * (i - first)] = (byte) digit;
      bytes[2 * (i - first) + 1] = (byte) (digit >>> 8);
    }
    return HashBytes.of(bytes) ^ (weight - first);
  }
}
