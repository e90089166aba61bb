package io.pgmesh.executor.run;

import io.vertx.core.Future;

/** Tells all executors which of them a backend of the coordinator database belongs to. */
public interface BackendRegistry {

  /** Completes when every executor can find it. */
  Future<Void> add(int processId);
}
