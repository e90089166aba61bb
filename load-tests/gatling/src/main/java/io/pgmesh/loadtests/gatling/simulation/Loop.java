package io.pgmesh.loadtests.gatling.simulation;

import static io.gatling.javaapi.core.CoreDsl.during;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.pace;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.Session;
import io.pgmesh.loadtests.gatling.Settings;
import java.time.Duration;

/** What a virtual user does again and again. */
final class Loop {
  private Loop() {}

  /**
   * One turn after the other until the time is over, at the rate that was asked for.
   *
   * @param requests of a turn
   * @param users how many share the rate
   */
  static ChainBuilder of(ChainBuilder turn, int requests, int users) {
    int rate = Settings.rate(0);
    var again = exec(Session::markAsSucceeded);
    var once =
        rate == 0
            ? again.exec(turn)
            : again
                .exec(pace(Duration.ofSeconds(users).multipliedBy(requests).dividedBy(rate)))
                .exec(turn);
    boolean stopsInTheMiddle = false; // what was acknowledged would not be counted
    return during(Settings.duration(), stopsInTheMiddle).on(once);
  }
}
