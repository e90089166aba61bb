package io.pgmesh.loadtests.gatling.simulation;

import static io.gatling.javaapi.core.CoreDsl.jsonPath;
import static io.gatling.javaapi.core.CoreDsl.percent;
import static io.gatling.javaapi.core.CoreDsl.randomSwitch;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.javaapi.core.ChainBuilder;
import io.pgmesh.loadtests.gatling.Settings;
import io.pgmesh.loadtests.gatling.Sql;
import io.pgmesh.loadtests.gatling.Statement;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;

/** Point reads, updates, inserts and top lists of single tenants, over HTTP. */
public final class TenantMixHttp extends LoadSimulation {
  private static final int USERS = 16;
  private final TenantWork work = new TenantWork(written);

  public TenantMixHttp() {
    var read = one(Sql.READ, this::account, done -> {});
    var update = one(Sql.UPDATE, this::change, done -> written.change(amount(done, 0)));
    var insert = one(Sql.INSERT, this::entry, done -> written.entry(amount(done, 3)));
    var top =
        new SqlHttp(Sql.TENANT_TOP, dice -> List.of(work.tenant(dice)), done -> {})
            .checked(jsonPath("$.rowCount").ofInt().gte(1));
    var mix =
        randomSwitch()
            .on(
                percent(60).then(read),
                percent(20).then(update),
                percent(10).then(insert),
                percent(10).then(top));
    run(
        scenario("tenant mix over HTTP")
            .exec(read, update, insert, top)
            .exec(Loop.of(mix, 1, Settings.users(USERS)))
            .injectOpen(users(USERS))
            .protocols(SqlHttp.protocol()),
        Sql.READ.name(),
        Sql.UPDATE.name(),
        Sql.INSERT.name(),
        Sql.TENANT_TOP.name());
  }

  /** A statement that reads or changes one row. */
  private static ChainBuilder one(
      Statement sql,
      Function<SplittableRandom, List<Object>> choose,
      Consumer<List<Object>> acknowledged) {
    return new SqlHttp(sql, choose, acknowledged).checked(jsonPath("$.rowCount").ofInt().is(1));
  }

  private List<Object> account(SplittableRandom dice) {
    return List.of(work.tenant(dice), TenantWork.account(dice));
  }

  private List<Object> change(SplittableRandom dice) {
    return List.of(TenantWork.amount(dice), work.tenant(dice), TenantWork.account(dice));
  }

  private List<Object> entry(SplittableRandom dice) {
    int region = TenantWork.region(dice);
    int amount = TenantWork.amount(dice);
    return List.of(work.tenant(dice), written.nextId(), region, amount, "inserted");
  }

  private static int amount(List<Object> parameters, int at) {
    return (int) parameters.get(at);
  }
}
