package io.pgmesh.executor.run;

import io.pgmesh.contracts.plan.RowLocks;
import io.pgmesh.executor.worker.Listener;
import io.vertx.core.Future;
import java.util.List;

/**
 * A portal of the coordinator database whose scans through the loopback, which begin whenever it is
 * read, lock rows as its statement says.
 */
record LockingPortal(Portal portal, Session session, RowLocks locks) implements Portal {
  @Override
  public Future<Part> fetch(int maxRows, boolean describe, Listener listener) {
    session.locks(locks);
    return portal.fetch(maxRows, describe, listener);
  }

  @Override
  public Future<Void> write() {
    session.locks(locks);
    return portal.write();
  }

  @Override
  public List<Portal> parts() {
    return portal.parts().stream()
        .map(part -> (Portal) new LockingPortal(part, session, locks))
        .toList();
  }

  @Override
  public Future<Void> close() {
    return portal.close();
  }
}
