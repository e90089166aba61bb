package io.pgmesh.loadtests.gatling.simulation;

import static io.gatling.javaapi.core.CoreDsl.incrementUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.javaapi.core.OpenInjectionStep;
import io.pgmesh.loadtests.gatling.Settings;
import io.pgmesh.loadtests.gatling.Sql;
import io.pgmesh.loadtests.gatling.wire.WirePool;
import java.time.Duration;

/**
 * More and more point reads a second, up to a rate, whether or not the mesh can follow: they share
 * connections, and a read's time begins when it should, not when one is free. Where the response
 * times begin to climb the mesh, or the machine, is saturated.
 */
public final class RampUp extends LoadSimulation {
  private static final int CONNECTIONS = 32;
  private static final int RATE = 2000;
  private static final int LEVELS = 10;

  public RampUp() {
    var work = new TenantWork(written);
    var pool = new WirePool(wire, Settings.users(CONNECTIONS));
    var read = wire.request(Sql.READ.name(), user -> pool.run(work::read));
    run(scenario("ramp-up").exec(read).injectOpen(levels()), read.name());
  }

  private static OpenInjectionStep levels() {
    long seconds = Math.max(1, Settings.duration().toSeconds());
    int levels = (int) Math.min(LEVELS, seconds);
    double step = (double) Settings.rate(RATE) / levels;
    return incrementUsersPerSec(step)
        .times(levels)
        .eachLevelLasting(Duration.ofSeconds(seconds / levels))
        .startingFrom(step);
  }
}
