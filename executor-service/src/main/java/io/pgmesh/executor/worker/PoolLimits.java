package io.pgmesh.executor.worker;

/**
 * Bounds of the connections to one server at one event loop.
 *
 * @param connectionsMax open connections of all roles
 * @param waitersMax callers that may wait for one
 */
public record PoolLimits(int connectionsMax, int waitersMax, int waitMaxMillis, int idleMaxMillis) {
  private static final int SHARE_MIN = 8;

  public PoolLimits {
    if (connectionsMax < 1 || waitersMax < 0 || waitMaxMillis < 1 || idleMaxMillis < 1) {
      throw new IllegalArgumentException("pool limits must be positive");
    }
  }

  /**
   * Shares a node's connections out to its event loops, so that none waits for another.
   *
   * @param loops how many there are; each gets one connection at least
   */
  public PoolLimits share(int loops) {
    return new PoolLimits(
        Math.max(1, connectionsMax / loops),
        (waitersMax + loops - 1) / loops,
        waitMaxMillis,
        idleMaxMillis);
  }

  /**
   * How many event loops so many connections are enough for: with fewer each, transactions that
   * need several servers would block one another.
   */
  public static int loops(int wanted, int connectionsMax) {
    return Math.max(1, Math.min(wanted, connectionsMax / SHARE_MIN));
  }

  /** For the mesh's own work, which no session may keep waiting: a quarter more. */
  PoolLimits own() {
    return new PoolLimits(
        Math.max(2, connectionsMax / 4), waitersMax, waitMaxMillis, idleMaxMillis);
  }

  /**
   * How many connections to a server may be in use for a session to get another one. The more it
   * holds on other servers, the further it may go: those who wait for one another in a circle would
   * include one who holds the most; the server where that one waits would be full, which needs
   * somebody there who held at least as many before. So there is no such circle, as long as no
   * session needs more servers than half of the connections.
   *
   * @param servers how many a session may need
   */
  int inUseMax(int held, int servers) {
    int reserve = Math.max(connectionsMax / 4, Math.min(servers - 1, connectionsMax / 2));
    return Math.min(connectionsMax, connectionsMax - reserve + held);
  }
}
