package io.pgmesh.loadtests.gatling.simulation;

import static io.gatling.javaapi.core.CoreDsl.bodyString;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.javaapi.core.ChainBuilder;
import io.pgmesh.loadtests.gatling.Settings;
import io.pgmesh.loadtests.gatling.Sql;
import io.pgmesh.loadtests.gatling.Statement;
import java.util.List;

/** Aggregates over all shards, again and again, over HTTP. */
public final class DashboardHttp extends LoadSimulation {
  private static final int USERS = 4;
  private final Answers answers = new Answers();

  public DashboardHttp() {
    ChainBuilder page = exec(Sql.DASHBOARD.stream().map(this::request).toList());
    run(
        scenario("dashboard over HTTP")
            .exec(Loop.of(page, Sql.DASHBOARD.size(), Settings.users(USERS)))
            .injectOpen(users(USERS))
            .protocols(SqlHttp.protocol()),
        Sql.DASHBOARD.stream().map(Statement::name).toArray(String[]::new));
  }

  private ChainBuilder request(Statement sql) {
    return new SqlHttp(sql, dice -> List.of(), done -> {})
        .checked(bodyString().transform(body -> answers.same(sql, body)).is(true));
  }
}
