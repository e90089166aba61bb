package io.pgmesh.loadtests.gatling.simulation;

import io.pgmesh.loadtests.gatling.Settings;
import io.pgmesh.loadtests.gatling.Skew;
import io.pgmesh.loadtests.gatling.Sql;
import io.pgmesh.loadtests.gatling.Statement;
import io.pgmesh.loadtests.gatling.Tables;
import io.pgmesh.loadtests.gatling.Written;
import io.pgmesh.loadtests.gatling.wire.WireUser;
import io.pgmesh.loadtests.gatling.wire.WrongAnswer;
import java.sql.SQLException;
import java.util.SplittableRandom;

/** What the users of one tenant do; some tenants have many users. */
final class TenantWork {
  private static final int AMOUNT_MAX = 100;

  private final Skew tenants = new Skew(Settings.tenants());
  private final Written written;

  TenantWork(Written written) {
    this.written = written;
  }

  int tenant(SplittableRandom random) {
    return tenants.choose(random);
  }

  static int account(SplittableRandom random) {
    return random.nextInt(Tables.ACCOUNTS) + 1;
  }

  static int region(SplittableRandom random) {
    return random.nextInt(Tables.REGIONS) + 1;
  }

  static int amount(SplittableRandom random) {
    return random.nextInt(1, AMOUNT_MAX);
  }

  void read(WireUser user) throws SQLException {
    read(user, tenant(user.random()), account(user.random()));
  }

  void update(WireUser user) throws SQLException {
    int amount = amount(user.random());
    add(user, tenant(user.random()), account(user.random()), amount);
    written.change(amount);
  }

  void insert(WireUser user) throws SQLException {
    int amount = amount(user.random());
    insert(user, tenant(user.random()), amount);
    written.entry(amount);
  }

  /** Moves an amount from one account to another, the lesser id first: nobody waits in a circle. */
  void transaction(WireUser user) throws SQLException {
    int tenant = tenant(user.random());
    int from = user.random().nextInt(1, Tables.ACCOUNTS);
    int to = user.random().nextInt(from + 1, Tables.ACCOUNTS + 1);
    int amount = amount(user.random());
    var connection = user.connection();
    connection.setAutoCommit(false);
    read(user, tenant, from);
    add(user, tenant, from, -amount);
    add(user, tenant, to, amount);
    insert(user, tenant, amount);
    connection.commit();
    connection.setAutoCommit(true);
    written.change(-amount);
    written.change(amount);
    written.entry(amount);
  }

  private static void read(WireUser user, int tenant, int account) throws SQLException {
    try (var statement = user.connection().prepareStatement(Sql.READ.jdbc())) {
      statement.setLong(1, tenant);
      statement.setLong(2, account);
      try (var rows = statement.executeQuery()) {
        if (!rows.next()) {
          throw new WrongAnswer("no account " + account + " of tenant " + tenant);
        }
      }
    }
  }

  private static void add(WireUser user, int tenant, int account, int amount) throws SQLException {
    changeOne(user, Sql.UPDATE, (long) amount, (long) tenant, (long) account);
  }

  private void insert(WireUser user, int tenant, int amount) throws SQLException {
    int region = region(user.random());
    changeOne(user, Sql.INSERT, (long) tenant, written.nextId(), region, (long) amount, "inserted");
  }

  private static void changeOne(WireUser user, Statement sql, Object... values)
      throws SQLException {
    try (var statement = user.connection().prepareStatement(sql.jdbc())) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      WrongAnswer.unlessEqual(sql.name() + ": rows", 1, statement.executeUpdate());
    }
  }
}
