package io.pgmesh.executor.run;

import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.executor.worker.Listener;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/** Rows that are here already, in an order of their own. */
final class HeldPortal implements Portal {
  private final List<FramesOfRows> sources;
  private final List<Integer> turns;
  private final String tag;
  private int turn;

  /**
   * @param batches of each source, whole DataRow messages
   * @param turns the source of each row; empty where all rows of one come before those of the next
   * @param tag gets the number of rows of the last part, as in PostgreSQL
   */
  HeldPortal(List<List<Buffer>> batches, List<Integer> turns, String tag) {
    this.sources = batches.stream().map(FramesOfRows::new).toList();
    this.turns = turns.isEmpty() ? oneByOne(sources) : turns;
    this.tag = tag;
  }

  private static List<Integer> oneByOne(List<FramesOfRows> sources) {
    var turns = new ArrayList<Integer>();
    for (int source = 0; source < sources.size(); source++) {
      for (int row = sources.get(source).count(); row > 0; row--) {
        turns.add(source);
      }
    }
    return turns;
  }

  /** What they are was told when they came. */
  @Override
  public Future<Part> fetch(int maxRows, boolean describe, Listener listener) {
    int from = turn;
    int end = maxRows == 0 ? turns.size() : Math.min(turns.size(), turn + maxRows);
    boolean done = maxRows == 0 || end - from < maxRows; // as PostgreSQL: not before it was tried
    String ended = done ? Tags.withCount(tag, end - from) : "";
    return give(end, listener).map(given -> new Part(end - from, done, ended));
  }

  private Future<Void> give(int end, Listener listener) {
    while (turn < end) {
      Buffer batch = Buffer.buffer();
      while (turn < end && batch.length() < SessionCommand.BATCH_BYTES) {
        sources.get(turns.get(turn++)).next(batch);
      }
      Future<Void> room = listener.held(batch);
      if (!room.succeeded()) {
        return room.compose(more -> give(end, listener));
      }
    }
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  /** Cuts batches into rows. */
  private static final class FramesOfRows {
    private final List<Buffer> batches;
    private int batch;
    private int at;

    FramesOfRows(List<Buffer> batches) {
      this.batches = batches;
    }

    int count() {
      int count = 0;
      for (Buffer rows : batches) {
        for (int next = 0; next < rows.length(); next = end(rows, next)) {
          count++;
        }
      }
      return count;
    }

    void next(Buffer out) {
      Buffer rows = batches.get(batch);
      int end = end(rows, at);
      out.appendBuffer(rows, at, end - at);
      at = end;
      if (at == rows.length()) {
        batches.set(batch, Buffer.buffer()); // it is not needed any more
        batch++;
        at = 0;
      }
    }

    /** A message is a tag and a length that counts itself. */
    private static int end(Buffer rows, int start) {
      return start + 1 + rows.getInt(start + 1);
    }
  }
}
