package io.pgmesh.router.wire;

import io.pgmesh.loadtests.Ring;
import io.pgmesh.loadtests.Texts;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** A client's messages cut out of its bytes and read, and answers written: the time of one. */
@State(Scope.Thread)
public class ClientFramesBenchmark {
  private static final int FRAME_MAX_BYTES = 64 << 20;
  private static final int SEGMENT_BYTES = 1448; // of a TCP segment: messages are cut anywhere
  private static final int EXECUTIONS = 1024;
  private static final int MESSAGES = 3 * EXECUTIONS;
  private static final int ANSWERS = 3;

  private Ring<Buffer> queries;
  private List<Buffer> segments;
  private Backend.CommandComplete tag;
  private Backend.BindComplete bound;
  private Backend.ReadyForQuery ready;

  @Setup
  public void setUp() {
    queries = Ring.of(random -> frame(new Frontend.Query(Texts.pointQuery(random))));
    segments = segments(executions(new Random(7)));
    tag = new Backend.CommandComplete("SELECT 1");
    bound = new Backend.BindComplete();
    ready = new Backend.ReadyForQuery('I');
    int[] count = {0};
    readSegments(message -> count[0]++);
    if (count[0] != MESSAGES) {
      throw new IllegalStateException(count[0] + " messages were read");
    }
  }

  /** A simple query that arrives alone. */
  @Benchmark
  public Frontend readQuery() {
    var frames = new Frames(FRAME_MAX_BYTES);
    frames.append(queries.next());
    Frames.Frame frame = frames.next().orElseThrow();
    return Frontend.CODECS.decode(frame.tag(), frame.body());
  }

  /** Bind, Execute and Sync of a prepared statement, over and over in one pipeline. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void readPipeline(Blackhole sink) {
    readSegments(sink::consume);
  }

  /** What the router itself adds to the rows of an execution. */
  @Benchmark
  @OperationsPerInvocation(ANSWERS)
  public Buffer writeAnswers() {
    Buffer out = Buffer.buffer(64);
    Backend.CODECS.encode(out, bound);
    Backend.CODECS.encode(out, tag);
    Backend.CODECS.encode(out, ready);
    return out;
  }

  private interface Reader {
    void read(Frontend message);
  }

  private void readSegments(Reader reader) {
    var frames = new Frames(FRAME_MAX_BYTES);
    for (Buffer segment : segments) {
      frames.append(segment);
      for (Optional<Frames.Frame> next = frames.next(); next.isPresent(); next = frames.next()) {
        reader.read(Frontend.CODECS.decode(next.get().tag(), next.get().body()));
      }
    }
  }

  private static Buffer executions(Random random) {
    Buffer stream = Buffer.buffer();
    for (int i = 0; i < EXECUTIONS; i++) {
      byte[] company = text(random.nextInt(1, 1_000_000));
      byte[] id = text(random.nextLong(1, 1L << 40));
      stream
          .appendBuffer(
              frame(new Frontend.Bind("", "S_1", List.of(0, 0), List.of(company, id), List.of(1))))
          .appendBuffer(frame(new Frontend.Execute("", 0)))
          .appendBuffer(frame(new Frontend.Sync()));
    }
    return stream;
  }

  private static byte[] text(long value) {
    return String.valueOf(value).getBytes(StandardCharsets.UTF_8);
  }

  private static Buffer frame(Frontend message) {
    return Frontend.CODECS.frame(message);
  }

  private static List<Buffer> segments(Buffer stream) {
    var segments = new ArrayList<Buffer>();
    for (int from = 0; from < stream.length(); from += SEGMENT_BYTES) {
      int to = Math.min(from + SEGMENT_BYTES, stream.length());
      segments.add(Buffer.buffer(stream.getBytes(from, to)));
    }
    return segments;
  }
}
