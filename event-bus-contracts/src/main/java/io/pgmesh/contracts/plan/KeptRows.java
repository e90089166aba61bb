package io.pgmesh.contracts.plan;

/**
 * A query whose rows stay as they were when they were first read, however often a cursor goes back
 * to them. The function {@code pgmesh.read_cursors} knows such cursors by these words.
 */
public final class KeptRows {
  private KeptRows() {}

  /**
   * @param query without a semicolon
   */
  public static SqlText of(SqlText query) {
    return query.within(
        "WITH pgmesh_rows AS MATERIALIZED (", "\n) SELECT * FROM pgmesh_rows"); // behind a comment
  }
}
