package io.pgmesh.executor.tx;

import io.pgmesh.executor.worker.Address;
import io.pgmesh.executor.worker.BackendConnection;
import io.vertx.core.Future;

/** Where a transaction gets its connections from. */
public interface Connections {

  /** The coordinator database's server. */
  Address coordinator();

  /** A connection that is this session's until it is given back. */
  Future<BackendConnection> lease(Address address);

  /** Whether the session keeps the coordinator database's connection between transactions. */
  boolean keepsCoordinator();

  void giveBack(BackendConnection connection);
}
