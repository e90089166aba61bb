package io.pgmesh.executor.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.pgmesh.contracts.api.SessionCommand;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
  private static final Buffer ROWS = rows(4, 3);
  private static final Buffer MORE_ROWS = frame('d', 7);
  private static final Buffer STREAM =
      Buffer.buffer()
          .appendBuffer(frame('T', 20))
          .appendBuffer(ROWS)
          .appendBuffer(frame('C', 8))
          .appendBuffer(MORE_ROWS)
          .appendBuffer(frame('c', 0))
          .appendBuffer(frame('Z', 1));

  private static Buffer frame(char tag, int bodyBytes) {
    Buffer frame = Buffer.buffer().appendByte((byte) tag).appendInt(4 + bodyBytes);
    for (int i = 0; i < bodyBytes; i++) {
      frame.appendByte((byte) (tag + i));
    }
    return frame;
  }

  private static Buffer rows(int count, int bodyBytes) {
    Buffer rows = Buffer.buffer();
    for (int i = 0; i < count; i++) {
      rows.appendBuffer(frame('D', bodyBytes + i));
    }
    return rows;
  }

  /** Remembers everything that it is given, as bytes. */
  private static class Taken implements FrameReader.Sink {
    final FrameReader reader = new FrameReader(UnpooledByteBufAllocator.DEFAULT, this);
    final Buffer bytes = Buffer.buffer();
    final List<ByteBuf> sent = new ArrayList<>();
    int batches;

    @Override
    public void rows(Buffer frames) {
      batches++;
      bytes.appendBuffer(frames);
    }

    @Override
    public void frame(char tag, ByteBuf body) {
      bytes.appendByte((byte) tag).appendInt(4 + body.readableBytes());
      bytes.appendBytes(ByteBufUtil.getBytes(body));
    }

    @Override
    public void malformed(String what) {
      throw new AssertionError(what);
    }

    final void send(Buffer part) {
      ByteBuf arrived = Unpooled.copiedBuffer(part.getBytes());
      sent.add(arrived);
      reader.read(arrived);
      reader.flush();
    }

    final void sendCutAt(Buffer stream, int cut) {
      send(stream.slice(0, cut));
      send(stream.slice(cut, stream.length()));
    }
  }

  /** Has enough after each batch of rows, as one whose client reads slowly. */
  private static final class Pausing extends Taken {
    @Override
    public void rows(Buffer frames) {
      assertThat(reader.paused()).as("rows while paused").isFalse();
      super.rows(frames);
      reader.pause();
    }

    @Override
    public void frame(char tag, ByteBuf body) {
      assertThat(reader.paused()).as(tag + " while paused").isFalse();
      super.frame(tag, body);
    }

    void resume() {
      while (reader.paused()) {
        reader.resume();
      }
    }
  }

  /** Loses its connection over the first batch of rows. */
  private static final class Ending extends Taken {
    @Override
    public void rows(Buffer frames) {
      super.rows(frames);
      reader.end();
    }
  }

  @Test
  void a_stream_cut_anywhere_gives_the_same_frames() {
    for (int cut = 1; cut < STREAM.length(); cut++) {
      Taken taken = new Taken();
      taken.sendCutAt(STREAM, cut);
      assertThat(taken.bytes).as("cut at " + cut).isEqualTo(STREAM);
    }
  }

  @Test
  void so_does_one_that_comes_byte_by_byte() {
    Taken taken = new Taken();
    for (int at = 0; at < STREAM.length(); at++) {
      taken.send(STREAM.slice(at, at + 1));
    }
    assertThat(taken.bytes).isEqualTo(STREAM);
    taken.reader.end();
    assertThat(taken.sent).allMatch(arrived -> arrived.refCnt() == 0);
  }

  @Test
  void a_sink_that_pauses_gets_nothing_until_it_resumes() {
    for (int cut = 1; cut < STREAM.length(); cut++) {
      Pausing taken = new Pausing();
      taken.sendCutAt(STREAM, cut);
      taken.resume();
      assertThat(taken.bytes).as("cut at " + cut).isEqualTo(STREAM);
    }
  }

  @Test
  void a_sink_that_ends_the_reader_with_its_rows_gets_nothing_more() {
    for (int cut = 1; cut < STREAM.length(); cut++) {
      Ending taken = new Ending();
      taken.sendCutAt(STREAM, cut);
      assertThat(taken.batches).as("cut at " + cut).isEqualTo(1);
      assertThat(taken.bytes).as("cut at " + cut).isEqualTo(STREAM.slice(0, taken.bytes.length()));
      assertThat(taken.sent).as("cut at " + cut).allMatch(arrived -> arrived.refCnt() == 0);
    }
  }

  @Test
  void so_does_one_whose_rows_are_more_than_a_batch() {
    Buffer rows = rows(3, SessionCommand.BATCH_BYTES / 2);
    Ending ending = new Ending();
    ending.send(rows);
    assertThat(ending.batches).isEqualTo(1);
    assertThat(ending.sent).allMatch(arrived -> arrived.refCnt() == 0);

    Pausing pausing = new Pausing();
    pausing.send(rows);
    assertThat(pausing.batches).isEqualTo(1);
    pausing.resume();
    assertThat(pausing.bytes).isEqualTo(rows);
  }
}
