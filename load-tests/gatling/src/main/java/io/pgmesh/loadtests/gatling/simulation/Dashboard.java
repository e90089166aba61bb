package io.pgmesh.loadtests.gatling.simulation;

import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.javaapi.core.ChainBuilder;
import io.pgmesh.loadtests.gatling.Settings;
import io.pgmesh.loadtests.gatling.Sql;
import io.pgmesh.loadtests.gatling.Statement;

/** Aggregates over all shards, again and again, over Postgres wire. */
public final class Dashboard extends LoadSimulation {
  private static final int USERS = 4;

  public Dashboard() {
    var answers = new Answers();
    ChainBuilder page =
        exec(
            Sql.DASHBOARD.stream()
                .map(sql -> exec(wire.request(sql.name(), user -> answers.ask(user, sql))))
                .toList());
    run(
        scenario("dashboard")
            .exec(wire.connect())
            .exec(Loop.of(page, Sql.DASHBOARD.size(), Settings.users(USERS)))
            .exec(wire.disconnect())
            .injectOpen(users(USERS)),
        Sql.DASHBOARD.stream().map(Statement::name).toArray(String[]::new));
  }
}
