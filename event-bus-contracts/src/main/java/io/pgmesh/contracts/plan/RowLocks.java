package io.pgmesh.contracts.plan;

/** What a query that the coordinator database runs does about locks on the rows it reads. */
public enum RowLocks {
  NONE(""),
  /** {@code FOR UPDATE} and the like, and code of users' that may lock and change rows. */
  WAIT(""),
  NOWAIT(" NOWAIT"),
  SKIP_LOCKED(" SKIP LOCKED");

  private final String clause;

  RowLocks(String clause) {
    this.clause = clause;
  }

  /** What postgres_fdw leaves out behind the {@code FOR UPDATE} of a scan. */
  public String clause() {
    return clause;
  }
}
