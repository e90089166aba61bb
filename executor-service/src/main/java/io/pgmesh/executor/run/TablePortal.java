package io.pgmesh.executor.run;

import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Listener;
import io.vertx.core.Future;

/** A portal over a temporary table of its own, which goes when the portal does. */
record TablePortal(Portal portal, Participant coordinator, String table) implements Portal {

  @Override
  public Future<Part> fetch(int maxRows, boolean describe, Listener listener) {
    return portal
        .fetch(maxRows, describe, listener)
        .compose(part -> part.done() ? close().map(part) : Future.succeededFuture(part));
  }

  /**
   * Both messages are sent at once: a COMMIT behind them must not come between. The table is gone
   * already where a savepoint took it back.
   */
  @Override
  public Future<Void> close() {
    if (coordinator.connection().closed() || coordinator.connection().status() != 'T') {
      return Future.succeededFuture();
    }
    Future<Void> closed = portal.close();
    return Flight.simple(
            coordinator.connection(), "DROP TABLE IF EXISTS pg_temp." + table, Listener.NONE)
        .future()
        .compose(dropped -> closed)
        .otherwiseEmpty();
  }
}
