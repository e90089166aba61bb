package io.pgmesh.executor.worker;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.pgmesh.contracts.api.SessionCommand;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;

/**
 * Cuts what a server sends into frames: looks at tag and length only, and copies rows together into
 * batches, never decoding them. While it is paused it keeps what arrives.
 */
final class FrameReader {
  private static final int FRAME_MAX_BYTES = 1 << 30;

  private final ByteBufAllocator allocator;
  private final Sink sink;
  private ByteBuf incoming = Unpooled.EMPTY_BUFFER;
  private ByteBuf batch = Unpooled.EMPTY_BUFFER;
  private boolean scanning;
  private boolean paused;
  private boolean ended;

  /** Takes the frames in order; may pause and end the reader. */
  interface Sink {
    /** Whole DataRow or CopyData frames. */
    void rows(Buffer frames);

    /**
     * Any other frame.
     *
     * @param body what follows tag and length; good during the call only
     */
    void frame(char tag, ByteBuf body);

    /** What arrives is not frames. */
    void malformed(String what);
  }

  FrameReader(ByteBufAllocator allocator, Sink sink) {
    this.allocator = allocator;
    this.sink = sink;
  }

  boolean paused() {
    return paused;
  }

  void pause() {
    paused = true;
  }

  void resume() {
    paused = false;
    scan();
    flush();
  }

  /** Drops what is kept and takes no more. */
  void end() {
    ended = true;
    incoming.release();
    incoming = Unpooled.EMPTY_BUFFER;
    batch = Unpooled.EMPTY_BUFFER;
  }

  void read(ByteBuf bytes) {
    if (ended) {
      bytes.release();
      return;
    }
    if (!incoming.isReadable()) {
      incoming.release();
      incoming = bytes;
    } else if (incoming instanceof CompositeByteBuf composite) {
      composite.addComponent(true, bytes);
    } else {
      CompositeByteBuf composite = allocator.compositeBuffer(1024);
      incoming = composite.addComponent(true, incoming).addComponent(true, bytes);
    }
    scan();
  }

  /** Gives the rows that were copied together, unless it is paused. */
  void flush() {
    if (!paused) {
      flushBatch();
    }
  }

  private void scan() {
    if (scanning) {
      return;
    }
    scanning = true;
    try {
      while (!paused && !ended && scanFrame()) {
        // until a frame is incomplete or the reader has enough
      }
      if (incoming instanceof CompositeByteBuf composite && !ended) {
        composite.discardReadComponents();
      }
    } finally {
      scanning = false;
    }
  }

  private boolean scanFrame() {
    if (incoming.readableBytes() < 5) {
      return false;
    }
    int start = incoming.readerIndex();
    int length = incoming.getInt(start + 1) + 1;
    if (length < 5 || length > FRAME_MAX_BYTES) {
      sink.malformed("a frame of " + length + " bytes");
      return false;
    }
    if (incoming.readableBytes() < length) {
      return false;
    }
    char tag = (char) incoming.getByte(start);
    if (tag == 'D' || tag == 'd') {
      addToBatch(length);
      return true;
    }
    flushBatch();
    if (!paused && !ended) { // if paused, the same frame is looked at again later
      ByteBuf frame = incoming.readSlice(length);
      sink.frame(tag, frame.skipBytes(5));
    }
    return true;
  }

  private void addToBatch(int length) {
    if (batch.readableBytes() > 0 && batch.readableBytes() + length > SessionCommand.BATCH_BYTES) {
      flushBatch();
      if (paused || ended) {
        return;
      }
    }
    if (batch == Unpooled.EMPTY_BUFFER) {
      int seen = Math.min(incoming.readableBytes(), SessionCommand.BATCH_BYTES);
      batch = Unpooled.buffer(Math.max(length, seen));
    }
    batch.writeBytes(incoming, length);
  }

  private void flushBatch() {
    if (batch.isReadable()) {
      Buffer rows = BufferInternal.buffer(batch);
      batch = Unpooled.EMPTY_BUFFER;
      sink.rows(rows);
    }
  }
}
