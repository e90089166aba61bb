package io.pgmesh.router.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.contracts.error.SqlError;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FramesTest {

  @Test
  void any_cutting_of_the_stream_gives_the_same_messages() {
    Buffer stream = Buffer.buffer();
    for (int i = 0; i < 50; i++) {
      Frontend.CODECS.encode(stream, new Frontend.Query("q".repeat(i)));
    }
    var random = new Random(7);
    for (int round = 0; round < 100; round++) {
      var frames = new Frames(1000);
      List<Integer> lengths = new ArrayList<>();
      for (int at = 0; at < stream.length(); ) {
        int end = Math.min(stream.length(), at + 1 + random.nextInt(90));
        frames.append(stream.slice(at, end));
        at = end;
        for (var frame = frames.next(); frame.isPresent(); frame = frames.next()) {
          lengths.add(frame.get().body().length() - 1);
        }
      }
      assertThat(lengths).hasSize(50).isSorted().startsWith(0, 1).endsWith(49);
    }
  }

  @Test
  void a_message_over_the_limit_is_refused_before_it_arrives() {
    var frames = new Frames(100);
    frames.append(Buffer.buffer().appendByte((byte) 'Q').appendInt(105));
    assertThatThrownBy(frames::next).isInstanceOf(SqlError.class);
    frames.limit(101);
    assertThat(frames.next()).isEmpty();
  }

  @Test
  void impossible_lengths_are_refused() {
    for (int length : new int[] {3, 0, -1, Integer.MIN_VALUE}) {
      var frames = new Frames(100);
      frames.append(Buffer.buffer().appendByte((byte) 'Q').appendInt(length));
      assertThatThrownBy(frames::next).isInstanceOf(SqlError.class);
    }
    for (int length : new int[] {7, 0, -1, Frames.STARTUP_MAX_BYTES + 1}) {
      var frames = new Frames(100);
      frames.append(Buffer.buffer().appendInt(length));
      assertThatThrownBy(frames::nextStartup).isInstanceOf(SqlError.class);
    }
  }
}
