package io.pgmesh.executor.tx;

/**
 * The steps of a two-phase commit after which a crash leaves different things behind. A process
 * started with {@code -Dpgmesh.halt-at=DECIDED} ends itself there as kill -9 does, so that tests
 * can see what recovery makes of it; without the property nothing happens.
 */
enum CommitStep {
  FIRST_PREPARED,
  ALL_PREPARED,
  DECIDED,
  FIRST_COMMITTED;

  private static final String HALT_AT = System.getProperty("pgmesh.halt-at", "");
  private static final int KILLED = 137; // what a shell reports after kill -9

  /**
   * @param answer the server's, which is the moment
   */
  void reached(Object answer) {
    if (HALT_AT.equals(name())) {
      Runtime.getRuntime().halt(KILLED);
    }
  }
}
