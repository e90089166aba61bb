package io.pgmesh.executor.run;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.Plan.ShardTarget;
import io.pgmesh.contracts.plan.Plan.ShardedTarget;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.tx.SessionTransaction.Block;
import io.pgmesh.executor.worker.Flight;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rows on their way to shards by COPY: gathered per shard, sent in short COPYs one after the other
 * on the transaction's connection to each worker, with only so many bytes under way.
 */
final class ShardCopies {
  private static final int SHARD_MAX_BYTES = 256 * 1024;
  private static final int HELD_MAX_BYTES = 8 * 1024 * 1024;
  private static final int UNDER_WAY_MAX_BYTES = 4 * 1024 * 1024;
  private static final Pattern LINE = Pattern.compile("(?s)(COPY [^\\n]*?, line )(\\d+)(.*)");

  /** What every shard's COPY has around its rows. */
  record Form(String columns, String options, byte[] head, byte[] tail, int headLines) {}

  private static final class Held {
    private Buffer rows = Buffer.buffer();
    private long[] lines = new long[64];
    private int lineCount;

    /** Before the first line end servers count no hidden one. */
    void line(long line, int physicalLines, boolean first) {
      for (int i = 0; i < (first ? 1 : physicalLines); i++) {
        if (lineCount == lines.length) {
          lines = Arrays.copyOf(lines, 2 * lineCount);
        }
        lines[lineCount++] = line;
      }
    }
  }

  private final Execution run;
  private final ShardedTarget target;
  private final Form form;
  private final Held[] held;
  private final List<Promise<Void>> waiters = new ArrayList<>();
  private int heldBytes;
  private int underWayBytes;
  private int underWay;
  private long copied;
  private Throwable failure;

  ShardCopies(Execution run, ShardedTarget target, Form form) {
    this.run = run;
    this.target = target;
    this.form = form;
    this.held = new Held[target.shards().size()];
  }

  /** Where the next row of a shard is to be appended; {@link #added} must follow. */
  Buffer rowsOf(int shard) {
    if (held[shard] == null) {
      held[shard] = new Held();
    }
    return held[shard].rows;
  }

  /**
   * @param line of the client's stream; 0 where there is none
   * @param physicalLines how many lines the row takes
   * @param bytes that were appended
   */
  void added(int shard, long line, int physicalLines, int bytes) {
    boolean first = form.headLines == 0 && held[shard].lineCount == 0;
    held[shard].line(line, physicalLines, first);
    heldBytes += bytes;
    if (held[shard].rows.length() >= SHARD_MAX_BYTES) {
      send(shard);
    } else if (heldBytes >= HELD_MAX_BYTES) {
      sendAll();
    }
  }

  /** Completes when more rows may come; fails when a shard refused some. */
  Future<Void> ready() {
    return await(() -> underWayBytes <= UNDER_WAY_MAX_BYTES);
  }

  /** Copies no rows into a shard, which may refuse the options. */
  Future<Void> tryEmpty() {
    held[0] = new Held();
    send(0);
    return await(() -> underWay == 0);
  }

  /** Sends what is held and waits for all of it; the number of rows that were copied. */
  Future<Long> finish() {
    sendAll();
    return await(() -> underWay == 0).map(done -> copied);
  }

  /** Drops what is held; completes when all that is under way was answered. */
  Future<Void> abandon(Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
    return await(() -> underWay == 0).otherwiseEmpty();
  }

  private Future<Void> await(java.util.function.BooleanSupplier reached) {
    if (failure != null && underWay == 0) {
      return Future.failedFuture(failure);
    }
    if (failure == null && reached.getAsBoolean()) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = Promise.promise();
    waiters.add(promise);
    return promise.future().compose(again -> await(reached));
  }

  private void sendAll() {
    for (int shard = 0; shard < held.length; shard++) {
      if (held[shard] != null) {
        send(shard);
      }
    }
  }

  private void send(int shard) {
    Held rows = held[shard];
    held[shard] = null;
    int bytes = rows.rows.length();
    heldBytes -= bytes;
    if (failure != null) {
      return;
    }
    underWay++;
    underWayBytes += bytes;
    ShardTarget place = target.shards().get(shard);
    run.transaction()
        .join(run.session().addressOf(place.server()), Block.BEGIN)
        .compose(worker -> copy(worker, place, rows))
        .onComplete(
            result -> {
              underWay--;
              underWayBytes -= bytes;
              if (result.succeeded()) {
                copied += Tags.count(result.result().lastTag());
              } else if (failure == null) {
                failure = result.cause();
              }
              wake();
            });
  }

  private Future<Flight.Outcome> copy(Participant worker, ShardTarget place, Held rows) {
    worker.markWriter(List.of(place.shardId()));
    worker.enter(run.mode());
    String sql = "COPY " + place.relation() + " (" + form.columns + ") FROM STDIN " + form.options;
    Task task = new Task(place.server(), SqlText.made(sql), List.of(place.shardId()));
    var listener = new NoticesOnly(run.listener().of(task));
    return Flight.copyIn(
            worker.connection(), sql, List.of(form.head, rows.rows.getBytes(), form.tail), listener)
        .future()
        .recover(cause -> Future.failedFuture(clientLine(ErrorMapping.ofTask(task, cause), rows)));
  }

  /** The server counts the lines of its own COPY; the client knows those of the whole stream. */
  private SqlError clientLine(SqlError error, Held rows) {
    String where = error.fields().get(ErrorFields.WHERE);
    Matcher matcher = where == null ? null : LINE.matcher(where);
    if (matcher == null || !matcher.matches()) {
      return error;
    }
    int index = Integer.parseInt(matcher.group(2)) - 1 - form.headLines;
    if (index < 0 || index >= rows.lineCount) {
      return error;
    }
    String whole = matcher.group(1) + rows.lines[index] + matcher.group(3);
    return new SqlError(
        error
            .fields()
            .with(ErrorFields.WHERE, rows.lines[index] == 0 ? withoutFirstLine(whole) : whole));
  }

  /** The client of an INSERT has sent no COPY. */
  private static String withoutFirstLine(String where) {
    int end = where.indexOf('\n');
    return end < 0 ? null : where.substring(end + 1);
  }

  private void wake() {
    List<Promise<Void>> woken = List.copyOf(waiters);
    waiters.clear();
    woken.forEach(Promise::complete);
  }
}
