package io.pgmesh.executor.run;

import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;

/**
 * Several binary COPY streams become one: the header of the first is kept, all other headers and
 * trailers are dropped, and one trailer ends the whole.
 */
final class BinaryCopyOut {
  private static final byte[] SIGNATURE =
      "PGCOPY\n\u00ff\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
  private static final int HEADER_BYTES = 19;
  private static final int MESSAGE_HEAD_BYTES = 5;

  private boolean begun;

  /** Whole CopyData messages without what only a stream of their own would have. */
  Buffer relay(Buffer frames) {
    ByteBuf in = ((BufferInternal) frames).getByteBuf();
    Buffer out = Buffer.buffer(in.readableBytes());
    while (in.isReadable()) {
      int start = in.readerIndex();
      int end = start + 1 + in.getInt(start + 1);
      int from = start + MESSAGE_HEAD_BYTES;
      if (startsWithSignature(in, from, end)) {
        if (!begun) {
          begun = true;
          append(out, in, from, from + HEADER_BYTES);
        }
        from += HEADER_BYTES;
      }
      if (from < end && !isTrailer(in, from, end)) {
        append(out, in, from, end);
      }
      in.readerIndex(end);
    }
    return out;
  }

  /** The message that ends the stream. */
  static Buffer trailer() {
    return Buffer.buffer().appendByte((byte) 'd').appendInt(6).appendShort((short) -1);
  }

  private static void append(Buffer out, ByteBuf in, int from, int end) {
    byte[] bytes = new byte[end - from];
    in.getBytes(from, bytes);
    out.appendByte((byte) 'd').appendInt(4 + bytes.length).appendBytes(bytes);
  }

  private static boolean isTrailer(ByteBuf in, int from, int end) {
    return end - from == 2 && in.getShort(from) == -1;
  }

  private static boolean startsWithSignature(ByteBuf in, int from, int end) {
    if (end - from < HEADER_BYTES) {
      return false;
    }
    for (int i = 0; i < SIGNATURE.length; i++) {
      if (in.getByte(from + i) != SIGNATURE[i]) {
        return false;
      }
    }
    return true;
  }
}
