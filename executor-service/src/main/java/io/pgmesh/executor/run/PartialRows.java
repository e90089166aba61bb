package io.pgmesh.executor.run;

import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Listener;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The workers' rows on their way to the last query: held while they are few, else copied into a
 * table. A worker waits while the table is not ready for more.
 */
final class PartialRows implements Listener {
  /**
   * As many rows as cost a server less in parameters than a table costs by itself. There are never
   * more of these than connections to the coordinator database.
   */
  private static final int HELD_MAX_BYTES = 256 * 1024;

  private enum State {
    HOLDING,
    OPENING,
    COPYING,
    /** The table cannot be had: rows go nowhere. */
    LOST
  }

  private final PartialColumns expected;
  private final Supplier<PartialTable> opener;
  private final List<Buffer> held = new ArrayList<>();
  private final List<BackendConnection> waiting = new ArrayList<>();
  private State state = State.HOLDING;
  private Optional<PartialTable> table = Optional.empty();
  private int heldBytes;

  /**
   * @param expected columns of the rows that can be held
   */
  PartialRows(PartialColumns expected, Supplier<PartialTable> opener) {
    this.expected = expected;
    this.opener = opener;
    if (!expected.readable()) {
      openTable();
    }
  }

  @Override
  public void description(Buffer frame) {
    if (state == State.HOLDING && !expected.areDescribedBy(frame)) {
      openTable(); // the schema is changing under us: the table waits for that
    }
  }

  @Override
  public void rows(BackendConnection from, Buffer frames) {
    switch (state) {
      case HOLDING, OPENING -> hold(from, frames);
      case COPYING -> copy(from, frames);
      case LOST -> {}
    }
  }

  private void hold(BackendConnection from, Buffer frames) {
    held.add(frames);
    heldBytes += frames.length();
    if (heldBytes > HELD_MAX_BYTES) {
      openTable();
      from.pause();
      waiting.add(from);
    }
  }

  private void copy(BackendConnection from, Buffer frames) {
    BackendConnection coordinator = table.orElseThrow().copying().connection();
    table.orElseThrow().write(frames);
    if (!coordinator.writable()) {
      from.pause();
      coordinator.whenWritable(from::resume);
    }
  }

  private void openTable() {
    if (state == State.HOLDING) {
      state = State.OPENING;
      table = Optional.of(opener.get());
      table
          .get()
          .opened()
          .onSuccess(
              copying -> {
                state = State.COPYING;
                held.forEach(table.get()::write);
                copying.connection().whenWritable(this::goOn);
              })
          .onFailure(
              cause -> {
                state = State.LOST;
                goOn();
              });
    }
  }

  private void goOn() {
    held.clear();
    List<BackendConnection> ready = List.copyOf(waiting);
    waiting.clear();
    ready.forEach(BackendConnection::resume);
  }

  /** All rows there are, unless they went into the table. */
  List<Buffer> held() {
    return List.copyOf(held);
  }

  /**
   * The workers have ended. Why there is no table counts more than what became of them then; what a
   * worker said counts more than that the COPY then failed too.
   *
   * @return whether the rows are in a table
   */
  Future<Boolean> end(AsyncResult<?> workers) {
    if (table.isPresent()) {
      return table.get().opened().compose(copying -> close(copying, workers)).map(true);
    }
    return workers.failed() ? Future.failedFuture(workers.cause()) : Future.succeededFuture(false);
  }

  private static Future<Void> close(Flight copying, AsyncResult<?> workers) {
    if (workers.succeeded()) {
      copying.endCopy();
      return copying.future().mapEmpty();
    }
    copying.failCopy("a worker failed");
    return copying.future().transform(closed -> Future.failedFuture(workers.cause()));
  }
}
