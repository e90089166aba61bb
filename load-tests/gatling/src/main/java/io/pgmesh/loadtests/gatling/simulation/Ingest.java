package io.pgmesh.loadtests.gatling.simulation;

import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.pgmesh.loadtests.gatling.Settings;
import io.pgmesh.loadtests.gatling.Sql;
import io.pgmesh.loadtests.gatling.Tables;
import io.pgmesh.loadtests.gatling.wire.WireUser;
import io.pgmesh.loadtests.gatling.wire.WrongAnswer;
import java.sql.SQLException;

/** Batches of rows of many tenants, by COPY and by INSERT of many rows, in turn. */
public final class Ingest extends LoadSimulation {
  private static final int USERS = 4;
  private static final int INSERT_ROWS = 50;
  private static final String INSERT = Sql.insert(INSERT_ROWS).replaceAll("\\$\\d+", "?");

  private final TenantWork work = new TenantWork(written);

  public Ingest() {
    var copy = wire.request("COPY of " + Settings.batchRows() + " rows", this::copy);
    var insert = wire.request("INSERT of " + INSERT_ROWS + " rows", this::insert);
    run(
        scenario("ingest")
            .exec(wire.connect())
            .exec(Loop.of(exec(copy, insert), 2, Settings.users(USERS)))
            .exec(wire.disconnect())
            .injectOpen(users(USERS)),
        copy.name(),
        insert.name());
  }

  private void copy(WireUser user) throws SQLException {
    var dice = user.random();
    var rows = new StringBuilder();
    long sum = 0;
    for (int i = 0; i < Settings.batchRows(); i++) {
      int amount = TenantWork.amount(dice);
      sum += amount;
      rows.append(work.tenant(dice)).append('\t').append(written.nextId()).append('\t');
      rows.append(TenantWork.region(dice)).append('\t').append(amount);
      rows.append("\t2026-02-01 00:00:00\tcopied\n");
    }
    long copied = Tables.copy(user.connection(), Sql.COPY_ENTRIES, rows.toString());
    written.entries(copied, sum);
    WrongAnswer.unlessEqual("rows copied", Settings.batchRows(), copied);
  }

  private void insert(WireUser user) throws SQLException {
    var dice = user.random();
    long sum = 0;
    try (var statement = user.connection().prepareStatement(INSERT)) {
      for (int at = 1; at <= INSERT_ROWS * 5; at += 5) {
        int amount = TenantWork.amount(dice);
        sum += amount;
        statement.setLong(at, work.tenant(dice));
        statement.setLong(at + 1, written.nextId());
        statement.setInt(at + 2, TenantWork.region(dice));
        statement.setLong(at + 3, amount);
        statement.setString(at + 4, "inserted");
      }
      int inserted = statement.executeUpdate();
      written.entries(inserted, sum);
      WrongAnswer.unlessEqual("rows inserted", INSERT_ROWS, inserted);
    }
  }
}
