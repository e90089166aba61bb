package io.pgmesh.executor.run;

/** How a plan's run ended well. */
sealed interface Ended {

  /**
   * @param tag as in CommandComplete
   */
  record Done(String tag) implements Ended {}

  /** The wanted number of rows was sent and the portal may have more. */
  record MoreRows(Portal portal) implements Ended {}
}
