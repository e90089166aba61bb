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
   * One request after the other until the time is over, at the rate that was asked for.
   *
   * @param users how many share the rate
   */
  static ChainBuilder of(ChainBuilder request, int users) {
    int rate = Settings.rate(0);
    var again = exec(Session::markAsSucceeded);
    var once =
        rate == 0
            ? again.exec(request)
            : again.exec(pace(Duration.ofNanos(1_000_000_000L * users / rate))).exec(request);
    return during(Settings.duration()).on(once);
  }
}
