package io.pgmesh.executor.copy;

/** The kind of line end that a stream uses, learnt from its first one, as PostgreSQL does. */
final class LineEnds {
  private enum Kind {
    UNKNOWN,
    NEWLINE,
    CARRIAGE_RETURN,
    BOTH
  }

  /** What follows an end marker. */
  enum Behind {
    /** A line end of the stream's kind. */
    LINE_END,
    OTHER_LINE_END,
    OTHER,
    NEED_MORE
  }

  /** The answer of {@link #lengthAt} where the next byte decides. */
  static final int NEED_MORE = -1;

  /** The answer of {@link #lengthAt} at a line end of another kind than the stream's. */
  static final int STRAY = -2;

  private Kind kind = Kind.UNKNOWN;

  /** The byte that PostgreSQL counts as a line where quotes hide it. */
  byte counted() {
    return (byte) (kind == Kind.NEWLINE ? '\n' : '\r');
  }

  /** Bytes of the line end at a position, 0 where there is none. */
  int lengthAt(byte[] bytes, int at, int length, boolean last) {
    byte here = bytes[at];
    if (here != '\n' && here != '\r') {
      return 0;
    }
    if (here == '\r' && (kind == Kind.UNKNOWN || kind == Kind.BOTH)) {
      if (at + 1 == length && !last) {
        return NEED_MORE;
      }
      boolean both = at + 1 < length && bytes[at + 1] == '\n';
      if (kind == Kind.UNKNOWN) {
        kind = both ? Kind.BOTH : Kind.CARRIAGE_RETURN;
      }
      return both ? 2 : kind == Kind.CARRIAGE_RETURN ? 1 : STRAY;
    }
    if (kind == Kind.UNKNOWN) {
      kind = Kind.NEWLINE;
    }
    return switch (kind) {
      case NEWLINE -> here == '\n' ? 1 : STRAY;
      case CARRIAGE_RETURN -> here == '\r' ? 1 : STRAY;
      case BOTH, UNKNOWN -> STRAY;
    };
  }

  /** What stands at a position behind an end marker; the stream's end is no line end. */
  Behind behindMarker(byte[] bytes, int at, int length, boolean last) {
    if (at >= length) {
      return last ? Behind.OTHER : Behind.NEED_MORE;
    }
    byte here = bytes[at];
    return switch (kind) {
      case UNKNOWN -> here == '\n' || here == '\r' ? Behind.LINE_END : Behind.OTHER;
      case NEWLINE -> behind(here, '\n', '\r');
      case CARRIAGE_RETURN -> behind(here, '\r', '\n');
      case BOTH -> {
        if (here != '\r') {
          yield here == '\n' ? Behind.OTHER_LINE_END : Behind.OTHER;
        }
        if (at + 1 >= length) {
          yield last ? Behind.OTHER : Behind.NEED_MORE;
        }
        yield behind(bytes[at + 1], '\n', '\r');
      }
    };
  }

  private static Behind behind(byte here, char wanted, char other) {
    return here == wanted ? Behind.LINE_END : here == other ? Behind.OTHER_LINE_END : Behind.OTHER;
  }
}
