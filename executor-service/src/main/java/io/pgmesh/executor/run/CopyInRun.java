package io.pgmesh.executor.run;

import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.CopyFormat;
import io.pgmesh.contracts.plan.CopyFormat.Kind;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.executor.copy.RowSplitter;
import io.pgmesh.executor.copy.RowSplitter.CopyRow;
import io.pgmesh.executor.copy.RowWriter;
import io.pgmesh.executor.tx.SessionTransaction.Block;
import io.pgmesh.executor.worker.RowReader;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * COPY FROM the client into a distributed table: the stream is cut into rows, each goes to the
 * shard that owns its key, with the values that only the coordinator database can give appended.
 */
final class CopyInRun implements CopyTarget {
  private static final int ROW_MAX_BYTES = 256 * 1024 * 1024;
  private static final int CSV_MARKER_IS_DATA_SINCE = 18;

  private final Plan.CopyIn plan;
  private final Execution run;
  private final RowSplitter splitter;
  private final RowWriter writer;
  private final ShardKeys keys;
  private final ShardCopies copies;
  private final FilledValues filled;
  private final Promise<Ended> promise = Promise.promise();
  private final List<CopyRow> batch = new ArrayList<>();
  private Future<Void> chain = Future.succeededFuture();

  private CopyInRun(Plan.CopyIn plan, Execution run) {
    this.plan = plan;
    this.run = run;
    CopyFormat format = plan.format();
    this.splitter =
        RowSplitter.of(
            format,
            keyIsGiven() ? plan.keyIndex() : 0,
            plan.columns().size(),
            ROW_MAX_BYTES,
            run.session().coordinatorVersion() < CSV_MARKER_IS_DATA_SINCE
                ? RowSplitter.CsvMarker.ENDS_DATA
                : RowSplitter.CsvMarker.IS_DATA);
    this.writer = new RowWriter(format);
    this.keys = new ShardKeys(run.session(), plan.target());
    this.copies = new ShardCopies(run, plan.target(), form());
    this.filled = new FilledValues(plan.filled(), binary(), run);
  }

  private boolean keyIsGiven() {
    return plan.keyIndex() < plan.columns().size();
  }

  static Future<Ended> run(Plan.CopyIn plan, Execution run) {
    var copy = new CopyInRun(plan, run);
    return copy.mayWrite()
        .compose(may -> plan.freezes() ? copy.copies.tryEmpty() : Future.succeededFuture())
        .compose(allowed -> copy.begin());
  }

  /** The workers would tell only when the client has sent rows. */
  private Future<Void> mayWrite() {
    if (!run.transaction().mayBeReadOnly()) {
      return Future.succeededFuture();
    }
    return run.transaction()
        .join(run.session().coordinator(), Block.BARE)
        .compose(server -> RowReader.simple(server.connection(), "SHOW transaction_read_only"))
        .compose(
            rows ->
                rows.getFirst().getFirst().equals("on")
                    ? Future.failedFuture(
                        new SqlError(
                            SqlState.READ_ONLY_SQL_TRANSACTION,
                            "cannot execute COPY FROM in a read-only transaction"))
                    : Future.succeededFuture());
  }

  private Future<Ended> begin() {
    run.channel().copyTarget(this);
    long channel = run.channel().id();
    run.channel().emit(new SessionEvent.CopyInReady(channel, run.statement(), response()));
    return promise.future();
  }

  private ShardCopies.Form form() {
    List<String> all =
        Stream.concat(plan.columns().stream(), plan.filled().stream().map(Plan.FilledColumn::name))
            .toList();
    String columns = Identifiers.list(all);
    Buffer head = Buffer.buffer(writer.head());
    if (plan.format().header()) {
      appendHeader(head, all);
    }
    return new ShardCopies.Form(
        columns, plan.options(), head.getBytes(), writer.tail(), plan.format().header() ? 1 : 0);
  }

  private void appendHeader(Buffer head, List<String> names) {
    for (int i = 0; i < names.size(); i++) {
      if (i > 0) {
        head.appendByte((byte) plan.format().delimiter());
      }
      writer.writeField(head, names.get(i).getBytes(StandardCharsets.UTF_8));
    }
    head.appendByte((byte) '\n');
  }

  /** CopyInResponse: one format for all columns. */
  private Buffer response() {
    short format = (short) binary();
    int columns = plan.columns().size();
    Buffer frame =
        Buffer.buffer()
            .appendByte((byte) 'G')
            .appendInt(4 + 1 + 2 + 2 * columns)
            .appendByte((byte) format)
            .appendShort((short) columns);
    for (int i = 0; i < columns; i++) {
      frame.appendShort(format);
    }
    return frame;
  }

  private int binary() {
    return plan.format().kind() == Kind.BINARY ? 1 : 0;
  }

  @Override
  public void data(Buffer bytes, Runnable taken) {
    next(() -> splitter.feed(bytes.getBytes(), this::row)).onComplete(done -> taken.run());
  }

  @Override
  public void done() {
    next(() -> splitter.end(this::row))
        .compose(rows -> copies.finish())
        .onSuccess(count -> promise.tryComplete(new Ended.Done("COPY " + count)))
        .onFailure(this::failed);
  }

  @Override
  public void fail(String reason) {
    failed(new SqlError(SqlState.QUERY_CANCELED, "COPY from stdin failed: " + reason));
  }

  @Override
  public void cancel() {
    failed(new SqlError(SqlState.QUERY_CANCELED, "canceling statement due to user request"));
  }

  /** Chunks are worked on one after the other, whatever they must wait for. */
  private Future<Void> next(Runnable split) {
    chain =
        chain
            .compose(
                before -> {
                  split(split);
                  return place();
                })
            .compose(placed -> copies.ready());
    return chain.onFailure(this::failed);
  }

  private void split(Runnable split) {
    try {
      split.run();
    } catch (SqlError error) {
      String line = error.fields().get(ErrorFields.WHERE);
      throw line == null
          ? error
          : new SqlError(
              error
                  .fields()
                  .with(ErrorFields.WHERE, "COPY " + plan.target().table() + ", " + line));
    }
  }

  private void failed(Throwable cause) {
    // what is under way must be answered before the transaction can end
    copies.abandon(cause).onComplete(done -> promise.tryFail(cause));
  }

  private void row(CopyRow row) {
    OptionalInt shard = // also refuses NULL before what follows
        keyIsGiven() ? keys.shardOf(row.key(), binary()) : OptionalInt.empty();
    if (shard.isPresent() && filled.ofEveryRow().isPresent() && batch.isEmpty()) {
      send(row, shard.getAsInt(), filled.ofEveryRow().get());
    } else {
      byte[] copy = Arrays.copyOfRange(row.bytes(), row.from(), row.end());
      int body = row.bodyEnd() - row.from();
      batch.add(new CopyRow(copy, 0, body, copy.length, row.key(), row.line()));
    }
  }

  /** Rows that need something of the coordinator database first. */
  private Future<Void> place() {
    if (batch.isEmpty()) {
      return Future.succeededFuture();
    }
    List<CopyRow> rows = List.copyOf(batch);
    batch.clear();
    return keyIsGiven()
        ? keys.shardsOf(rows.stream().map(CopyRow::key).toList(), binary())
            .compose(shards -> filled.of(rows.size()).map(values -> sendAll(rows, shards, values)))
        : filled
            .of(rows.size())
            .compose(
                values ->
                    keys.shardsOf(filledKeys(values), binary())
                        .map(shards -> sendAll(rows, shards, values)));
  }

  private List<byte[]> filledKeys(List<List<byte[]>> values) {
    int index = plan.keyIndex() - plan.columns().size();
    var found = new ArrayList<byte[]>(); // null where the default is NULL
    values.forEach(row -> found.add(row.get(index)));
    return found;
  }

  private Void sendAll(List<CopyRow> rows, int[] shards, List<List<byte[]>> values) {
    for (int i = 0; i < shards.length; i++) {
      send(rows.get(i), shards[i], values.get(i));
    }
    return null;
  }

  private void send(CopyRow row, int shard, List<byte[]> more) {
    Buffer out = copies.rowsOf(shard);
    int before = out.length();
    writer.write(out, row, more);
    copies.added(shard, row.line(), physicalLines(row), out.length() - before);
  }

  private int physicalLines(CopyRow row) {
    int lines = 1;
    if (plan.format().kind() == Kind.CSV) {
      for (int at = row.from(); at < row.bodyEnd(); at++) {
        lines += row.bytes()[at] == '\n' ? 1 : 0;
      }
    }
    return lines;
  }
}
