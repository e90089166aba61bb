package io.pgmesh.router.sql;

/**
 * A query has a form that is not read here; the coordinator database runs it. Control flow, not an
 * error: PostgreSQL may well accept the text.
 */
public final class NotUnderstood extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param what the form, as the subject of "is not planned on workers"
   */
  public NotUnderstood(String what) {
    super(what, null, false, false);
  }
}
