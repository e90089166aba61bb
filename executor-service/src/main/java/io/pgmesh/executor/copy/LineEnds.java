package io.pgmesh.executor.copy;

/** The kind of line end that a stream uses, learnt from its first one, as PostgreSQL does. */
final class LineEnds {
  private enum Kind {
    UNKNOWN,
    NEWLINE,
    CARRIAGE_RETURN,
    BOTH
  }

  /** The answer of {@link #lengthAt} where the next byte decides. */
  static final int NEED_MORE = -1;

  private Kind kind = Kind.UNKNOWN;

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
      return both ? 2 : kind == Kind.CARRIAGE_RETURN ? 1 : 0;
    }
    if (kind == Kind.UNKNOWN) {
      kind = Kind.NEWLINE;
    }
    return switch (kind) {
      case NEWLINE -> here == '\n' ? 1 : 0;
      case CARRIAGE_RETURN -> here == '\r' ? 1 : 0;
      case BOTH, UNKNOWN -> 0; // a lone one is the server's to refuse
    };
  }
}
