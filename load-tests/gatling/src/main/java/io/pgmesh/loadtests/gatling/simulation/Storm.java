package io.pgmesh.loadtests.gatling.simulation;

import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.pgmesh.loadtests.gatling.Settings;
import io.pgmesh.loadtests.gatling.Sql;
import io.pgmesh.loadtests.gatling.wire.WireRequest;

/**
 * Many clients connect at the same moment, read one row and leave. If they are more than the mesh
 * takes, 53300 is an outcome of its own; otherwise it is a failure.
 */
public final class Storm extends LoadSimulation {
  private static final int USERS = 1000;
  private final int users = Settings.users(USERS);

  public Storm() {
    var work = new TenantWork(written);
    var connect = orRefused(wire.connect());
    var read = wire.request(Sql.READ.name(), work::read);
    run(
        scenario("storm")
            .exec(connect)
            .exitHereIfFailed()
            .exec(read, wire.disconnect())
            .injectOpen(atOnceUsers(users)),
        connect.name(),
        read.name());
  }

  private WireRequest orRefused(WireRequest request) {
    return users > Settings.clientsMax() ? request.orRefused() : request;
  }
}
