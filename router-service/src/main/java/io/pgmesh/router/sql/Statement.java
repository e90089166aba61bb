package io.pgmesh.router.sql;

import io.pgmesh.contracts.plan.Plan;

/** What a text is, by its first words; each record holds what planning needs of it. */
public sealed interface Statement {

  /** Nothing but white space and comments. */
  record Empty() implements Statement {}

  /** SELECT, VALUES, TABLE, also behind WITH or in parentheses. */
  record Select(Phrase text) implements Statement {}

  /** INSERT, also behind WITH. */
  record Insert(Phrase text) implements Statement {}

  /** UPDATE, also behind WITH. */
  record Update(Phrase text) implements Statement {}

  /** DELETE, also behind WITH. */
  record Delete(Phrase text) implements Statement {}

  /** MERGE, also behind WITH. */
  record Merge(Phrase text) implements Statement {}

  record Copy(Phrase text) implements Statement {}

  /**
   * BEGIN, COMMIT, SAVEPOINT, ….
   *
   * @param savepoint its name, folded; empty for verbs without one
   */
  record TransactionControl(Plan.Transaction.Verb verb, String savepoint) implements Statement {}

  /** SET, RESET, DISCARD ALL; see {@link Plan.Setting}. */
  record Setting(String name, Plan.Setting.Scope scope) implements Statement {}

  /**
   * @param options what stands between EXPLAIN and the statement, as written
   * @param query the statement that is explained
   */
  record Explain(Phrase options, Phrase query, Statement inner) implements Statement {}

  /**
   * DECLARE … CURSOR … FOR.
   *
   * @param head up to the word CURSOR
   */
  record DeclareCursor(String name, boolean holds, Phrase head, Phrase query)
      implements Statement {}

  /**
   * FETCH of rows ahead.
   *
   * @param count 0 for all
   */
  record FetchCursor(String name, int count) implements Statement {}

  /** CLOSE of one cursor. */
  record CloseCursor(String name) implements Statement {}

  /**
   * CREATE, ALTER, DROP, TRUNCATE, COMMENT, GRANT, REVOKE, … of schema objects, and VACUUM,
   * ANALYZE, REINDEX, CLUSTER, LOCK of tables.
   */
  record Ddl(Phrase text) implements Statement {}

  /**
   * PREPARE … AS.
   *
   * @param types of the parameters, as written; fewer than parameters where they are inferred
   */
  record Prepare(Phrase text, String name, Phrase types, Phrase query) implements Statement {}

  /**
   * EXECUTE of a prepared statement.
   *
   * @param arguments what stands in parentheses
   */
  record Execute(String name, Phrase arguments) implements Statement {}

  /** DEALLOCATE of one prepared statement. */
  record Deallocate(String name) implements Statement {}

  /** Whatever else the coordinator database understands. */
  record Utility(Phrase text, Plan.Use use, Plan.Effects effects) implements Statement {}

  /**
   * What the mesh does not do.
   *
   * @param what subject of "is not supported"
   */
  record Refused(String what) implements Statement {}
}
