package io.pgmesh.executor.worker;

/**
 * Whose values {@code currval} and {@code lastval} answer with on a server's connection: they
 * belong to the session that took them, which gets the connection again when it asks, unless
 * another one had to have it meanwhile. Used on one context only.
 */
public final class SequenceValues {
  private Claims borrower;
  private Claims owner; // null: there are no values

  /**
   * @return whether there are values of another session's, which must be discarded
   */
  boolean lend(Claims to) {
    borrower = to;
    boolean others = owner != null && owner != to;
    if (others) {
      owner = null;
    }
    return others;
  }

  /** The session that has the connection may have taken values. */
  public void taken() {
    owner = borrower;
    borrower.tookSequenceValues();
  }

  boolean areOf(Claims session) {
    return owner == session;
  }

  /** Nobody will ask for them. */
  boolean areNobodys() {
    return owner == null || owner.ended();
  }
}
