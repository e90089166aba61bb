package io.pgmesh.executor.run;

import io.pgmesh.executor.worker.Listener;
import io.vertx.core.Future;
import java.util.List;

/** An open query whose rows are fetched in parts. */
interface Portal {

  /**
   * Part of the rows.
   *
   * @param rows rows that went to the listener
   * @param tag of the whole statement; empty while there may be more rows
   */
  record Part(long rows, boolean done, String tag) {}

  /**
   * @param maxRows 0 for all that are left
   * @param describe whether the listener hears the RowDescription first
   */
  Future<Part> fetch(int maxRows, boolean describe, Listener listener);

  /** Does what its statement changes, if that is not done yet; its rows are still to be fetched. */
  default Future<Void> write() {
    return Future.succeededFuture();
  }

  /** Portals that can be read at the same time, which together have all rows. */
  default List<Portal> parts() {
    return List.of(this);
  }

  /** Gives up the rest; never fails. */
  Future<Void> close();
}
