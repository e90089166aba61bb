package io.pgmesh.router.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.services.embedded.PostgresServer;
import io.pgmesh.services.embedded.PostgresSettings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A real server accepts every text that is planned: a database each for the coordinator and two
 * workers, with the tables of {@link SampleMesh}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlansOnPostgresTest {
  private static final String TABLES =
      """
      CREATE SCHEMA app;
      CREATE SEQUENCE app.ids;
      CREATE SEQUENCE s;
      CREATE TABLE countries (code text CONSTRAINT countries_pkey PRIMARY KEY, name text);
      """;
  private static final String SHARDED =
      """
      CREATE TABLE orders%1$s (id bigint CONSTRAINT orders_pkey%1$s PRIMARY KEY, item text,
        amount numeric(10,2) DEFAULT 0 CONSTRAINT orders_check%1$s CHECK (amount >= 0));
      CREATE INDEX orders_item_idx%1$s ON orders%1$s (item);
      CREATE TABLE lines%2$s (order_id bigint CONSTRAINT lines_order_id_fkey%2$s
        REFERENCES orders%1$s, line int);
      CREATE TABLE app.events%3$s (tenant text, id bigint, at timestamptz DEFAULT now());
      """;
  private static final String STUBS =
      """
      CREATE TABLE notes (id bigint, a text);
      CREATE SCHEMA pgmesh;
      CREATE FUNCTION pgmesh.check_constraints(regclass) RETURNS void LANGUAGE sql AS '';
      CREATE FUNCTION pgmesh.before_drop(VARIADIC oid[]) RETURNS void LANGUAGE sql AS '';
      CREATE FUNCTION pgmesh.drop_child(regclass) RETURNS void LANGUAGE sql AS '';
      CREATE FUNCTION pgmesh.create_child(regclass) RETURNS void LANGUAGE sql AS '';
      CREATE FUNCTION my_function(numeric) RETURNS numeric LANGUAGE sql AS 'SELECT $1';
      CREATE ROLE joe;
      """;

  private PostgresServer server;
  private final Map<String, Connection> connections = new HashMap<>();

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    server = PostgresServer.start(folder.resolve("data"), PostgresSettings.onFreePort());
    for (String name : List.of("c", "w1", "w2")) {
      try (Connection connection = connect("postgres");
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE DATABASE " + name);
      }
      Connection connection = connect(name);
      connection.setAutoCommit(false);
      connections.put(name, connection);
      run(name, TABLES);
    }
    run("c", SHARDED.formatted("", "", "") + STUBS);
    run("w1", SHARDED.formatted("_102008", "_102010", "_102012"));
    run("w2", SHARDED.formatted("_102009", "_102011", "_102013"));
    for (Connection connection : connections.values()) {
      connection.commit();
    }
  }

  @AfterAll
  void stop() throws Exception {
    for (Connection connection : connections.values()) {
      connection.close();
    }
    server.close();
  }

  private Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + server.port() + "/" + database, "postgres", "");
  }

  private void run(String database, String sql) throws SQLException {
    try (Statement statement = connections.get(database).createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
    } catch (SQLException refused) {
      throw new SQLException(database + ": " + sql, refused);
    }
  }

  /** Runs a plan and takes everything back. */
  private void accepts(String sql, BiFunction<Phrase, PlanContext, PlannedStatement> planner)
      throws SQLException {
    try {
      run(SampleMesh.planOf(sql, planner));
    } finally {
      for (Connection connection : connections.values()) {
        connection.rollback();
      }
    }
  }

  private void run(Plan plan) throws SQLException {
    switch (plan) {
      case Plan.Coordinator coordinator -> run("c", coordinator.sql().text());
      case Plan.OneShard one -> run(one.task());
      case Plan.Scatter scatter -> run(scatter.tasks());
      case Plan.RoutedInsert insert -> run(insert.source());
      case Plan.Ddl ddl -> {
        for (var step : ddl.coordinator()) {
          run("c", step.text());
        }
        run(ddl.workers());
      }
      default -> assertThat(plan).isNull();
    }
  }

  private void run(List<Task> tasks) throws SQLException {
    for (Task task : tasks) {
      run(task);
    }
  }

  private void run(Task task) throws SQLException {
    run(task.server().host(), task.sql().text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO orders VALUES (1, 'a', 1.5), (-1, 'b') RETURNING orders.id, item",
        "INSERT INTO orders (id, item) VALUES (1, 'a'), (-1, DEFAULT)",
        "INSERT INTO orders AS o VALUES (1) ON CONFLICT (id) DO UPDATE SET item = o.item || 'x'",
        "INSERT INTO orders VALUES (1) ON CONFLICT ON CONSTRAINT orders_pkey DO NOTHING",
        "INSERT INTO app.events (tenant) VALUES ('a'), ('b')",
        "INSERT INTO app.events (tenant, id, at) VALUES (upper('a'), DEFAULT, '2020-01-01')",
        "INSERT INTO orders (id, amount) VALUES ((SELECT 1), my_function(2)), (2, '3')",
        "INSERT INTO lines SELECT o.id, 1 FROM orders o WHERE amount > 5",
        "INSERT INTO lines SELECT id, count(*) FROM orders GROUP BY id RETURNING lines.line",
        "INSERT INTO lines SELECT order_id + 1, line FROM lines ORDER BY 1 LIMIT 5",
        "INSERT INTO orders (id, item) SELECT g, 'x' FROM generate_series(1, 10) g",
        "INSERT INTO orders WITH x AS (SELECT 1 AS y) SELECT y, 'a', 2 FROM x",
        "WITH x AS (SELECT 1 AS y) INSERT INTO orders SELECT y FROM x"
      })
  void inserts(String sql) throws SQLException {
    accepts(sql, InsertPlanner::plan);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE orders SET item = 'x' WHERE id = 1 RETURNING orders.*",
        "UPDATE orders * SET amount = random(), item = DEFAULT",
        "UPDATE ONLY orders AS o SET item = o.item || '!' WHERE o.id IN (1, 2)",
        "UPDATE orders SET item = c.name FROM lines l, countries c WHERE orders.id = l.order_id"
            + " AND c.code = orders.item",
        "DELETE FROM orders USING lines WHERE lines.order_id = orders.id AND line = 3",
        "DELETE FROM orders WHERE item IN (SELECT code FROM countries WHERE name = 'x')",
        "DELETE FROM public.orders WHERE orders.id = 5",
        "UPDATE orders o SET amount = (SELECT count(*) FROM lines l WHERE l.order_id = o.id)",
        "DELETE FROM orders WHERE id IN (SELECT order_id FROM lines WHERE line > 1)"
      })
  void changes(String sql) throws SQLException {
    accepts(sql, ModifyPlanner::plan);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE INDEX ON orders (item, lower(item)) INCLUDE (amount) WHERE id > 5",
        "CREATE UNIQUE INDEX IF NOT EXISTS i ON ONLY orders USING btree (id, (amount + 1) DESC)",
        "DROP INDEX IF EXISTS public.orders_item_idx CASCADE",
        "ALTER INDEX orders_item_idx RENAME TO other",
        "ALTER INDEX orders_item_idx SET (fillfactor = 50)",
        "ALTER TABLE orders ADD COLUMN n text DEFAULT 'a,b' NOT NULL CHECK (n <> ''), DROP item",
        "ALTER TABLE orders ADD COLUMN IF NOT EXISTS c text REFERENCES countries ON DELETE SET NULL",
        "ALTER TABLE orders ALTER COLUMN amount TYPE int USING round(amount), ALTER item SET"
            + " DEFAULT 'x', ALTER item SET NOT NULL",
        "ALTER TABLE ONLY orders ALTER amount DROP DEFAULT, ALTER item SET STATISTICS 10",
        "ALTER TABLE orders ADD UNIQUE (id, item)",
        "ALTER TABLE orders ADD CONSTRAINT e EXCLUDE USING btree (id WITH =)",
        "ALTER TABLE orders ADD CHECK (amount > 0 AND id > 0) NOT VALID",
        "ALTER TABLE orders VALIDATE CONSTRAINT orders_check",
        "ALTER TABLE orders RENAME CONSTRAINT orders_check TO positive",
        "ALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_pkey CASCADE",
        "ALTER TABLE orders DROP CONSTRAINT orders_check, ADD CONSTRAINT c CHECK (id <> 0)",
        "ALTER TABLE lines ADD FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE",
        "ALTER TABLE lines ADD PRIMARY KEY (order_id, line)",
        "ALTER TABLE lines ALTER CONSTRAINT lines_order_id_fkey DEFERRABLE INITIALLY DEFERRED",
        "ALTER TABLE orders RENAME TO purchases",
        "ALTER TABLE orders RENAME item TO article",
        "ALTER TABLE orders RENAME COLUMN item TO article",
        "ALTER TABLE orders SET SCHEMA app",
        "ALTER TABLE orders OWNER TO joe",
        "ALTER TABLE orders SET (fillfactor = 70, autovacuum_enabled = off)",
        "ALTER TABLE orders REPLICA IDENTITY USING INDEX orders_pkey",
        "ALTER TABLE orders ALTER item SET DEFAULT nextval('s')",
        "ALTER TABLE countries ADD COLUMN x int DEFAULT 1 CHECK (x > 0)",
        "ALTER TABLE countries RENAME TO lands",
        "DROP TABLE IF EXISTS lines, orders, notes, countries CASCADE",
        "DROP SCHEMA app CASCADE",
        "TRUNCATE TABLE orders, ONLY lines",
        "GRANT SELECT, INSERT (id) ON TABLE orders, notes TO joe WITH GRANT OPTION",
        "REVOKE ALL ON orders FROM joe",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO joe",
        "GRANT USAGE ON SCHEMA app TO joe",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO joe",
        "CREATE SCHEMA IF NOT EXISTS extra AUTHORIZATION joe",
        "CREATE TYPE mood AS ENUM ('sad', 'it''s ok')",
        "CREATE DOMAIN positive AS int CHECK (VALUE > 0)",
        "CREATE EXTENSION IF NOT EXISTS citext",
        "CREATE FUNCTION add(a int, b int) RETURNS int LANGUAGE sql AS $$ SELECT a + b $$",
        "CREATE OR REPLACE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; END $$",
        "CREATE FUNCTION row_of(notes) RETURNS text LANGUAGE sql AS 'SELECT $1.a'",
        "DROP FUNCTION my_function(numeric)",
        "ALTER FUNCTION my_function(numeric) IMMUTABLE",
        "DROP OWNED BY joe",
        "COMMENT ON TABLE orders IS 'x'",
        "CREATE VIEW v AS SELECT * FROM orders",
        "LOCK TABLE orders IN SHARE MODE",
        "ANALYZE orders (item)"
      })
  void ddl(String sql) throws SQLException {
    accepts(sql, DdlPlanner::plan);
  }

  @Test
  void chosen_names_are_those_of_postgresql() throws SQLException {
    for (String action :
        List.of(
            "ADD UNIQUE (id, item)",
            "ADD CHECK (amount > 1)",
            "ADD CHECK (amount > id)",
            "ADD COLUMN x int CHECK (x > 1)",
            "ADD FOREIGN KEY (item) REFERENCES countries",
            "ADD COLUMN c text REFERENCES countries")) {
      String planned = namesAfter(planned("ALTER TABLE orders " + action));
      String own = namesAfter("ALTER TABLE orders " + action);
      assertThat(planned).as(action).isEqualTo(own);
    }
    for (String index : List.of("(item)", "(lower(item), id)", "((amount + 1)) INCLUDE (item)")) {
      String planned = namesAfter(planned("CREATE INDEX ON orders " + index));
      String own = namesAfter("CREATE INDEX ON orders " + index);
      assertThat(planned).as(index).isEqualTo(own);
    }
  }

  private static String planned(String sql) {
    return ((Plan.Ddl) SampleMesh.planOf(sql, DdlPlanner::plan)).coordinator().getFirst().text();
  }

  private String namesAfter(String ddl) throws SQLException {
    run("c", ddl);
    Connection connection = connections.get("c");
    try (Statement statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT string_agg(name::text, ' ' ORDER BY name) FROM (SELECT conname AS name FROM"
                    + " pg_constraint WHERE conrelid = 'orders'::regclass UNION SELECT"
                    + " indexrelid::regclass::name FROM pg_index WHERE indrelid ="
                    + " 'orders'::regclass) n")) {
      rows.next();
      return rows.getString(1);
    } finally {
      connection.rollback();
    }
  }
}
