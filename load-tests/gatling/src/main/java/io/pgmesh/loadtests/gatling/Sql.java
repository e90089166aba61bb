package io.pgmesh.loadtests.gatling;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What the simulations send. */
public final class Sql {
  public static final String SCHEMA = "pgmesh_load";

  /** What the tables are made with, in this order. */
  static final List<String> TABLES =
      List.of(
          "DROP SCHEMA IF EXISTS pgmesh_load CASCADE",
          "CREATE SCHEMA pgmesh_load",
          "CREATE TABLE pgmesh_load.accounts (tenant bigint, id bigint, balance bigint NOT NULL,"
              + " changes bigint NOT NULL, PRIMARY KEY (tenant, id))",
          "CREATE TABLE pgmesh_load.entries (tenant bigint, id bigint, region int NOT NULL,"
              + " amount bigint NOT NULL, made_at timestamp NOT NULL, note text NOT NULL,"
              + " PRIMARY KEY (tenant, id))",
          "CREATE TABLE pgmesh_load.regions (id int PRIMARY KEY, name text NOT NULL)",
          "SELECT create_distributed_table('pgmesh_load.accounts', 'tenant')",
          "SELECT create_distributed_table('pgmesh_load.entries', 'tenant',"
              + " colocate_with => 'pgmesh_load.accounts')",
          "SELECT create_reference_table('pgmesh_load.regions')",
          "INSERT INTO pgmesh_load.regions SELECT i, 'region ' || i"
              + " FROM generate_series(1, "
              + Tables.REGIONS
              + ") i");

  public static final String COPY_ACCOUNTS = "COPY pgmesh_load.accounts FROM STDIN";
  public static final String COPY_ENTRIES = "COPY pgmesh_load.entries FROM STDIN";

  public static final Statement READ =
      new Statement(
          "point read",
          "SELECT balance, changes FROM pgmesh_load.accounts WHERE tenant = $1 AND id = $2");

  public static final Statement UPDATE =
      new Statement(
          "update",
          "UPDATE pgmesh_load.accounts SET balance = balance + $1, changes = changes + 1"
              + " WHERE tenant = $2 AND id = $3");

  public static final Statement INSERT = new Statement("insert", insert(1));

  public static final Statement TENANT_TOP =
      new Statement(
          "tenant top",
          "SELECT id, amount FROM pgmesh_load.entries WHERE tenant = $1"
              + " ORDER BY amount DESC, id LIMIT 10");

  /** Aggregates over all shards; their answers do not depend on the order of rows. */
  public static final List<Statement> DASHBOARD =
      List.of(
          new Statement(
              "totals",
              "SELECT count(*), sum(amount), avg(amount), min(made_at), max(made_at)"
                  + " FROM pgmesh_load.entries"),
          new Statement(
              "by region (ref join)",
              "SELECT r.name, count(*), sum(e.amount) FROM pgmesh_load.entries e"
                  + " JOIN pgmesh_load.regions r ON r.id = e.region GROUP BY r.name ORDER BY r.name"),
          new Statement(
              "top tenants",
              "SELECT tenant, sum(amount) FROM pgmesh_load.entries GROUP BY tenant"
                  + " ORDER BY 2 DESC, 1 LIMIT 10"),
          new Statement(
              "by day",
              "SELECT date_trunc('day', made_at), count(*), max(amount) FROM pgmesh_load.entries"
                  + " GROUP BY 1 ORDER BY 1"));

  static final Statement COUNT_ENTRIES =
      new Statement(
          "entries", "SELECT count(*), coalesce(sum(amount), 0) FROM pgmesh_load.entries");

  static final Statement COUNT_CHANGES =
      new Statement("accounts", "SELECT sum(changes), sum(balance) FROM pgmesh_load.accounts");

  private Sql() {}

  /** An INSERT of several entries: parameters are tenant, id, region, amount and note of each. */
  public static String insert(int rows) {
    return "INSERT INTO pgmesh_load.entries (tenant, id, region, amount, note, made_at) VALUES "
        + IntStream.range(0, rows).mapToObj(Sql::entry).collect(Collectors.joining(", "));
  }

  private static String entry(int row) {
    int first = row * 5;
    return "($%d, $%d, $%d, $%d, $%d, now())"
        .formatted(first + 1, first + 2, first + 3, first + 4, first + 5);
  }
}
