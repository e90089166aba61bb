package io.pgmesh.router.session;

/** How a statement ended, when it ended well. */
public sealed interface Outcome {

  /**
   * @param tag as in CommandComplete; empty for an empty query
   */
  record Completed(String tag) implements Outcome {}

  /**
   * The rows asked for were sent and there may be more.
   *
   * @param statement names it in {@link Statements#resume}
   */
  record Suspended(long statement) implements Outcome {}
}
