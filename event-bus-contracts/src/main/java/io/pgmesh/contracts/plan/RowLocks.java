package io.pgmesh.contracts.plan;

/**
 * What a query that the coordinator database runs does about locks on the rows it reads; where
 * several apply to one table, the last of them in this order.
 */
public enum RowLocks {
  NONE(""),
  /** {@code FOR UPDATE} and the like, and code of users' that may lock and change rows. */
  WAIT(""),
  SKIP_LOCKED(" SKIP LOCKED"),
  NOWAIT(" NOWAIT");

  private final String clause;

  RowLocks(String clause) {
    this.clause = clause;
  }

  /** What postgres_fdw leaves out behind the {@code FOR UPDATE} of a scan. */
  public String clause() {
    return clause;
  }

  /** Whether rows that others have locked are not waited for. */
  public boolean passesBy() {
    return !clause.isEmpty();
  }

  public RowLocks and(RowLocks other) {
    return compareTo(other) < 0 ? other : this;
  }
}
