package io.pgmesh.executor.run;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.Listener;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What several statements return, held until all are done, because its order is none in which they
 * could be read. There is no more of it than the statements give values for, unless they compute.
 */
final class HeldRows {
  private static final int MAX_BYTES = 64 * 1024 * 1024;

  private final List<List<Buffer>> ofStatements = new ArrayList<>();
  private long bytes;

  HeldRows(int statements) {
    for (int i = 0; i < statements; i++) {
      ofStatements.add(new ArrayList<>());
    }
  }

  /**
   * Listens to one flight.
   *
   * @param statements indexes of those that it runs, in its order
   * @param client hears all but the rows
   */
  Listener of(List<Integer> statements, Listener client) {
    return new OfFlight(statements.iterator(), client);
  }

  /**
   * The rows, in order.
   *
   * @param turns as in {@link io.pgmesh.contracts.plan.Gather.InTurns}
   * @param tag of each statement, but for the number of rows
   */
  Future<Portal> inTurns(List<Integer> turns, String tag) {
    if (bytes > MAX_BYTES) {
      return Future.failedFuture(
          new SqlError(
              SqlState.PROGRAM_LIMIT_EXCEEDED,
              "an INSERT into several shards returns more than %d bytes".formatted(MAX_BYTES)));
    }
    return Future.succeededFuture(new HeldPortal(ofStatements, turns, tag));
  }

  private void hold(int statement, Buffer frames) {
    bytes += frames.length();
    if (bytes > MAX_BYTES) {
      ofStatements.forEach(List::clear); // it fails when they are done
    } else {
      ofStatements.get(statement).add(frames);
    }
  }

  private final class OfFlight implements Listener {
    private final Iterator<Integer> next;
    private final Listener client;
    private int current;

    OfFlight(Iterator<Integer> statements, Listener client) {
      this.next = statements;
      this.client = client;
      completed();
    }

    @Override
    public void completed() {
      current = next.hasNext() ? next.next() : current;
    }

    @Override
    public void description(Buffer frame) {
      client.description(frame);
    }

    @Override
    public void rows(BackendConnection from, Buffer frames) {
      hold(current, frames);
    }

    @Override
    public void notice(ErrorFields notice) {
      client.notice(notice);
    }
  }
}
