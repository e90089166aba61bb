package io.pgmesh.services.mesh;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for conditions, not for time. */
public final class Await {
  private Await() {}

  /**
   * Asks until the condition holds; one that throws does not hold yet.
   *
   * @param what said when it did not hold in time
   */
  public static void until(String what, Duration within, Callable<Boolean> condition) {
    var deadline = Instant.now().plus(within);
    Exception last = null;
    while (Instant.now().isBefore(deadline)) {
      try {
        if (condition.call()) {
          return;
        }
        last = null;
      } catch (Exception e) {
        last = e;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
    throw new AssertionError("not within " + within + ": " + what, last);
  }
}
