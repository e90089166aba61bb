package io.pgmesh.contracts.hash;

/**
 * PostgreSQL's hash of bytes and of integers, bit for bit, as a little-endian server computes it.
 *
 * @see <a href="https://github.com/postgres/postgres/blob/master/src/common/hashfn.c">hashfn.c</a>
 */
final class HashBytes {
  private static final int GOLDEN = 0x9e3779b9;
  private static final int SALT = 3923095;

  private int a;
  private int b;
  private int c;

  private HashBytes(int length) {
    a = b = c = GOLDEN + length + SALT;
  }

  /** {@code hash_any} of a part of an array. */
  static int of(byte[] bytes, int from, int length) {
    var state = new HashBytes(length);
    int at = from;
    int left = length;
    while (left >= 12) {
      state.a += word(bytes, at, 4);
      state.b += word(bytes, at + 4, 4);
      state.c += word(bytes, at + 8, 4);
      state.mix();
      at += 12;
      left -= 12;
    }
    state.a += word(bytes, at, Math.min(left, 4));
    state.b += word(bytes, at + 4, Math.clamp(left - 4, 0, 4));
    state.c +=
        word(bytes, at + 8, Math.clamp(left - 8, 0, 3)) << 8; // the lowest byte is the length's
    state.finish();
    return state.c;
  }

  static int of(byte[] bytes) {
    return of(bytes, 0, bytes.length);
  }

  /** {@code hash_uint32}. */
  static int ofInt(int value) {
    var state = new HashBytes(4);
    state.a += value;
    state.finish();
    return state.c;
  }

  /** {@code hashint8}: equal to {@link #ofInt} for values that fit into 32 bits. */
  static int ofLong(long value) {
    int low = (int) value;
    int high = (int) (value >>> 32);
    return ofInt(low ^ (value >= 0 ? high : ~high));
  }

  private static int word(byte[] bytes, int at, int length) {
    int word = 0;
    for (int i = 0; i < length; i++) {
      word |= (bytes[at + i] & 0xff) << (8 * i);
    }
    return word;
  }

  private void mix() {
    a -= c;
    a ^= Integer.rotateLeft(c, 4);
    c += b;
    b -= a;
    b ^= Integer.rotateLeft(a, 6);
    a += c;
    c -= b;
    c ^= Integer.rotateLeft(b, 8);
    b += a;
    a -= c;
    a ^= Integer.rotateLeft(c, 16);
    c += b;
    b -= a;
    b ^= Integer.rotateLeft(a, 19);
    a += c;
    c -= b;
    c ^= Integer.rotateLeft(b, 4);
    b += a;
  }

  private void finish() {
    c ^= b;
    c -= Integer.rotateLeft(b, 14);
    a ^= c;
    a -= Integer.rotateLeft(c, 11);
    b ^= a;
    b -= Integer.rotateLeft(a, 25);
    c ^= b;
    c -= Integer.rotateLeft(b, 16);
    a ^= c;
    a -= Integer.rotateLeft(c, 4);
    b ^= a;
    b -= Integer.rotateLeft(a, 14);
    c ^= b;
    c -= Integer.rotateLeft(b, 24);
  }
}
