package io.pgmesh.loadtests.gatling.simulation;

import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.details;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.rampUsers;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.javaapi.core.Assertion;
import io.gatling.javaapi.core.OpenInjectionStep;
import io.gatling.javaapi.core.PopulationBuilder;
import io.gatling.javaapi.core.Simulation;
import io.pgmesh.loadtests.gatling.Settings;
import io.pgmesh.loadtests.gatling.Tables;
import io.pgmesh.loadtests.gatling.Written;
import io.pgmesh.loadtests.gatling.wire.Wire;
import java.util.ArrayList;

/**
 * What all simulations have: tables made anew before, and at the end a comparison of what the mesh
 * acknowledged with what is there. No request may fail.
 */
abstract class LoadSimulation extends Simulation {
  protected final Written written = new Written();
  protected final Wire wire = Settings.wire();

  @Override
  public void before() {
    Tables.make(written);
  }

  /**
   * @param requests that must have come to a good end at least once
   */
  protected final void run(PopulationBuilder load, String... requests) {
    var check =
        scenario("check")
            .exec(wire.request("check that acknowledged rows are there", written::compare))
            .exec(wire.disconnect());
    var assertions = new ArrayList<Assertion>();
    assertions.add(global().failedRequests().count().is(0L));
    for (String request : requests) {
      assertions.add(details(request).successfulRequests().count().gt(0L));
    }
    setUp(load.andThen(check.injectOpen(atOnceUsers(1)))).assertions(assertions);
  }

  /** All users come within a tenth of the time. */
  protected static OpenInjectionStep users(int standard) {
    return rampUsers(Settings.users(standard)).during(Settings.rampUp());
  }
}
