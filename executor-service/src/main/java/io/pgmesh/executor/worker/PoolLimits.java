package io.pgmesh.executor.worker;

/**
 * Bounds of one pool: one server and role.
 *
 * @param connectionsMax open connections
 * @param waitersMax callers that may wait for one
 */
public record PoolLimits(int connectionsMax, int waitersMax, int waitMaxMillis, int idleMaxMillis) {
  public PoolLimits {
    if (connectionsMax < 1 || waitersMax < 0 || waitMaxMillis < 1 || idleMaxMillis < 1) {
      throw new IllegalArgumentException("pool limits must be positive");
    }
  }
}
