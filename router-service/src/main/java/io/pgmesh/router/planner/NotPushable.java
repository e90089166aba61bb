package io.pgmesh.router.planner;

/** Results of shards cannot be put together here; the coordinator database runs the query. */
final class NotPushable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param reason for people
   */
  NotPushable(String reason) {
    super(reason, null, false, false);
  }
}
