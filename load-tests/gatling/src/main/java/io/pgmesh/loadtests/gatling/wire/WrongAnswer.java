package io.pgmesh.loadtests.gatling.wire;

/** An answer without an error that cannot be right; its request failed. */
public final class WrongAnswer extends RuntimeException {
  public WrongAnswer(String message) {
    super(message);
  }

  /**
   * @throws WrongAnswer they differ
   */
  public static void unlessEqual(String what, long expected, long actual) {
    if (expected != actual) {
      throw new WrongAnswer(what + ": expected " + expected + ", found " + actual);
    }
  }
}
