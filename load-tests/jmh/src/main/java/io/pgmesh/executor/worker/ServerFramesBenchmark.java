package io.pgmesh.executor.worker;

import io.netty.buffer.ByteBuf;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.loadtests.Ring;
import io.pgmesh.loadtests.Texts;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** What is written to a worker for one execution, and rows of a worker's answer looked at. */
@State(Scope.Thread)
public class ServerFramesBenchmark {
  private static final int ROWS = 1024;
  private static final int KEY = 1;

  private Ring<Arguments> arguments;
  private Ring<String> texts;
  private byte[] rows;

  @Setup
  public void setUp() {
    texts = Ring.of(Texts::pointQuery);
    arguments =
        Ring.of(
            random ->
                new Arguments(
                    List.of(20L, 20L),
                    List.of(0, 0),
                    List.of(text(random.nextInt(1, 1_000_000)), text(random.nextLong(1, 1L << 40))),
                    List.of(1)));
    Buffer batch = Buffer.buffer();
    List<String> all = texts.all();
    for (int i = 0; i < ROWS; i++) {
      row(batch, List.of(text(i), text(i * 7919L), all.get(i).getBytes(StandardCharsets.UTF_8)));
    }
    rows = batch.getBytes();
  }

  /** A simple query. */
  @Benchmark
  public int writeQuery() {
    return sent(new Frames().query(texts.next()));
  }

  /** A statement that the worker has prepared. */
  @Benchmark
  public int writeExecution() {
    return sent(new Frames().bind("", "p1", arguments.next()).execute("", 0).sync());
  }

  /** The key of each row that goes from one worker to another: the time of one row. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public void readKeys(Blackhole sink) {
    ServerMessages.eachBody(
        Buffer.buffer(rows), body -> sink.consume(ServerMessages.column(body, KEY)));
  }

  /** All columns of rows that the executor itself must know: the time of one row. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public void readRows(Blackhole sink) {
    ServerMessages.eachRow(Buffer.buffer(rows), sink::consume);
  }

  private static int sent(Frames frames) {
    ByteBuf bytes = frames.bytes();
    int length = bytes.readableBytes();
    bytes.release();
    return length;
  }

  private static void row(Buffer to, List<byte[]> values) {
    to.appendByte((byte) 'D');
    int lengthAt = to.length();
    to.appendInt(0).appendShort((short) values.size());
    values.forEach(value -> to.appendInt(value.length).appendBytes(value));
    to.setInt(lengthAt, to.length() - lengthAt);
  }

  private static byte[] text(long value) {
    return String.valueOf(value).getBytes(StandardCharsets.UTF_8);
  }
}
