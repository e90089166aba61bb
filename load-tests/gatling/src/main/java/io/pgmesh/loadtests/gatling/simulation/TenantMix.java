package io.pgmesh.loadtests.gatling.simulation;

import static io.gatling.javaapi.core.CoreDsl.percent;
import static io.gatling.javaapi.core.CoreDsl.randomSwitch;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.pgmesh.loadtests.gatling.Settings;
import io.pgmesh.loadtests.gatling.Sql;

/** Point reads, updates, inserts and small transactions of single tenants, over Postgres wire. */
public final class TenantMix extends LoadSimulation {
  private static final int USERS = 16;

  public TenantMix() {
    var work = new TenantWork(written);
    var read = wire.request(Sql.READ.name(), work::read);
    var update = wire.request(Sql.UPDATE.name(), work::update);
    var insert = wire.request(Sql.INSERT.name(), work::insert);
    var transaction = wire.request("transaction", work::transaction);
    var mix =
        randomSwitch()
            .on(
                percent(60).then(read),
                percent(20).then(update),
                percent(10).then(insert),
                percent(10).then(transaction));
    run(
        scenario("tenant mix")
            .exec(wire.connect(), read, update, insert, transaction)
            .exec(Loop.of(mix, 1, Settings.users(USERS)))
            .exec(wire.disconnect())
            .injectOpen(users(USERS)),
        read.name(),
        update.name(),
        insert.name(),
        transaction.name());
  }
}
