package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgmesh.services.mesh.wire.Endpoint;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What functions and DO blocks make, change and drop of the objects that shards use. */
@ExtendWith(WithMesh.class)
class CarriedObjectsTest {
  private Connection connection;

  @BeforeEach
  void make(Endpoint mesh) throws SQLException {
    connection = DriverManager.getConnection(mesh.jdbc());
    dropAll();
    run("CREATE SCHEMA carried_objects");
    run("SET search_path = carried_objects, public");
    run("CREATE TABLE thing (id int PRIMARY KEY, n int)");
    run("SELECT create_distributed_table('thing', 'id', shard_count => 4)");
    run("INSERT INTO thing SELECT i, i FROM generate_series(1, 40) AS i");
    run("CREATE TYPE old AS ENUM ('one')");
    run("CREATE FUNCTION twice(x int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 2 * x'");
  }

  @AfterEach
  void drop() throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.rollback();
      connection.setAutoCommit(true);
    }
    dropAll();
    connection.close();
  }

  private void dropAll() throws SQLException {
    run("DROP SCHEMA IF EXISTS carried_objects CASCADE");
    run("DROP SCHEMA IF EXISTS carried_more CASCADE");
    run("DROP ROLE IF EXISTS carried_owner");
  }

  private List<String> run(String sql) throws SQLException {
    return Jdbc.run(connection, sql);
  }

  private void inFunction(String sql) throws SQLException {
    Jdbc.inFunction(connection, sql);
  }

  /** What all workers answer, which is the same. */
  private String onWorkers(String sql) throws SQLException {
    List<String> answers =
        run("SELECT DISTINCT success, result FROM run_command_on_workers($w$%s$w$)".formatted(sql));
    assertThat(answers).hasSize(1);
    return answers.getFirst().replace("t|", "");
  }

  @Test
  void workers_use_what_a_function_has_made() throws SQLException {
    inFunction("CREATE SCHEMA carried_more");
    inFunction("CREATE TYPE carried_more.mood AS ENUM ('calm', 'angry')");
    inFunction("CREATE TYPE carried_more.pair AS (a int, b carried_more.mood)");
    inFunction("CREATE TYPE carried_more.span AS RANGE (SUBTYPE = int)");
    inFunction("CREATE DOMAIN carried_more.small AS int DEFAULT 7 CHECK (VALUE < 1000)");
    inFunction("CREATE EXTENSION citext SCHEMA carried_more");
    inFunction(
        "CREATE FUNCTION carried_more.five() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 5; END'");
    assertThat(
            run(
                "SELECT id, (ROW(n, 'angry')::carried_more.pair).b, n::carried_more.small,"
                    + " 'X'::carried_more.citext, carried_more.span(n, n + 1) @> n FROM thing"
                    + " WHERE (ROW(n, 'calm')::carried_more.pair).a > 38 ORDER BY id"))
        .containsExactly("39|angry|39|X|t", "40|angry|40|X|t");
    run("CREATE TABLE moody (id carried_more.mood PRIMARY KEY, n carried_more.small)");
    run("ALTER TABLE moody ALTER COLUMN n SET DEFAULT carried_more.five()");
    run("SELECT create_distributed_table('moody', 'id', shard_count => 4)");
    run("INSERT INTO moody VALUES ('calm')");
    assertThat(run("SELECT * FROM moody WHERE id = 'calm'")).containsExactly("calm|5");
    SQLException refusal =
        catchThrowableOfType(SQLException.class, () -> run("UPDATE moody SET n = 1000"));
    assertThat(refusal.getSQLState()).isEqualTo("23514");
    assertThat(onWorkers("SELECT carried_more.five()")).isEqualTo("5");
  }

  @Test
  void functions_of_any_language_and_procedures_carry_too() throws SQLException {
    run(
        "CREATE FUNCTION make_red() RETURNS void LANGUAGE sql"
            + " AS $$CREATE TYPE carried_objects.red AS ENUM ('red')$$");
    run(
        "CREATE PROCEDURE make_blue() LANGUAGE plpgsql"
            + " AS $$BEGIN CREATE TYPE carried_objects.blue AS ENUM ('blue'); END$$");
    run("SELECT make_red()");
    run("CALL make_blue()");
    assertThat(run("SELECT 'red'::red, 'blue'::blue FROM thing WHERE id = 1"))
        .containsExactly("red|blue");
    assertThat(onWorkers("SELECT 'blue'::carried_objects.blue")).isEqualTo("blue");
  }

  @Test
  void what_is_taken_back_is_taken_back_on_workers() throws SQLException {
    String count = "SELECT count(*) FROM pg_type WHERE typname IN ('kept', 'undone')";
    connection.setAutoCommit(false);
    inFunction("CREATE TYPE undone AS ENUM ('a')");
    connection.rollback();
    connection.setAutoCommit(true);
    assertThat(onWorkers(count)).isEqualTo("0");
    run(
        """
        DO $$
        BEGIN
          CREATE TYPE kept AS ENUM ('a');
          BEGIN
            CREATE TYPE undone AS ENUM ('a');
            RAISE EXCEPTION 'no';
          EXCEPTION WHEN raise_exception THEN
          END;
        END
        $$
        """);
    assertThat(onWorkers(count)).isEqualTo("1");
  }

  @Test
  void functions_change_on_workers() throws SQLException {
    run("CREATE ROLE carried_owner");
    inFunction(
        "CREATE OR REPLACE FUNCTION twice(x int) RETURNS int LANGUAGE sql AS 'SELECT 3 * x'");
    assertThat(onWorkers("SELECT carried_objects.twice(2)")).isEqualTo("6");
    inFunction("ALTER FUNCTION twice(int) STRICT");
    inFunction("ALTER FUNCTION twice(int) OWNER TO carried_owner");
    assertThat(onWorkers("SELECT proisstrict FROM pg_proc WHERE proname = 'twice'")).isEqualTo("t");
    assertThat(onWorkers("SELECT proowner::regrole FROM pg_proc WHERE proname = 'twice'"))
        .isEqualTo("carried_owner");
  }

  @Test
  void privileges_are_the_same_on_workers() throws SQLException {
    String privileges =
        "SELECT concat_ws(' ', nspacl, proacl, typacl) FROM pg_namespace n, pg_proc, pg_type"
            + " WHERE nspname = 'carried_objects' AND proname = 'twice' AND typname = 'old'"
            + " AND pronamespace = n.oid AND typnamespace = n.oid";
    run("CREATE ROLE carried_owner");
    inFunction("GRANT USAGE ON SCHEMA carried_objects TO carried_owner");
    inFunction("GRANT EXECUTE ON FUNCTION twice(int) TO carried_owner WITH GRANT OPTION");
    inFunction("REVOKE ALL ON FUNCTION twice(int) FROM PUBLIC");
    inFunction("GRANT USAGE ON TYPE old TO carried_owner");
    assertThat(onWorkers(privileges)).contains("carried_owner=X*/").contains("carried_owner=U/");
    assertThat(run(privileges)).containsExactly(onWorkers(privileges));
    inFunction("REVOKE USAGE ON SCHEMA carried_objects FROM carried_owner");
    assertThat(run(privileges)).containsExactly(onWorkers(privileges));
  }

  @Test
  void what_a_function_drops_goes_on_workers() throws SQLException {
    run("CREATE FUNCTION use(x old) RETURNS int LANGUAGE sql AS 'SELECT 1'");
    inFunction("DROP FUNCTION twice(int)");
    inFunction("DROP TYPE old CASCADE");
    inFunction("CREATE EXTENSION citext");
    inFunction("DROP EXTENSION citext");
    assertThat(onWorkers("SELECT count(*) FROM pg_proc WHERE proname IN ('twice', 'use')"))
        .isEqualTo("0");
    assertThat(onWorkers("SELECT count(*) FROM pg_type WHERE typname = 'old'")).isEqualTo("0");
    assertThat(onWorkers("SELECT count(*) FROM pg_extension WHERE extname = 'citext'"))
        .isEqualTo("0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER FUNCTION twice(int) RENAME TO thrice",
        "ALTER FUNCTION twice(int) SET SCHEMA public",
        "ALTER TYPE old ADD VALUE 'two'",
        "ALTER TYPE old RENAME TO new",
        "ALTER SCHEMA carried_objects RENAME TO carried_more",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC",
        "CREATE CAST (old AS int) WITH INOUT",
        "CREATE COLLATION mine (LOCALE = 'C')",
        "CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int)",
        "CREATE OPERATOR #+# (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl)",
        "CREATE TYPE shell"
      })
  void what_cannot_be_carried_is_refused(String sql) throws SQLException {
    SQLException refusal = catchThrowableOfType(SQLException.class, () -> inFunction(sql));
    assertThat(refusal.getSQLState()).as(refusal.getMessage()).isEqualTo("0A000");
    assertThat(refusal.getMessage())
        .contains("inside a function or DO block is not supported")
        .contains("Run it as a statement of its own.");
    assertThat(run("SELECT 'one'::carried_objects.old, carried_objects.twice(1)"))
        .containsExactly("one|2");
  }

  @Test
  void what_workers_do_not_have_is_made_here_alone() throws SQLException {
    inFunction("CREATE VIEW seen AS SELECT * FROM thing");
    inFunction("CREATE SEQUENCE number");
    inFunction("CREATE TABLE local (id int)");
    inFunction("CREATE FUNCTION first(l local) RETURNS int LANGUAGE sql AS 'SELECT l.id'");
    inFunction("CREATE TYPE pg_temp.passing AS ENUM ('a')");
    run("INSERT INTO local VALUES (nextval('number'))");
    assertThat(run("SELECT first(l) FROM local l JOIN seen ON seen.id = l.id"))
        .containsExactly("1");
    assertThat(onWorkers("SELECT count(*) FROM pg_class WHERE relname IN ('seen', 'number')"))
        .isEqualTo("0");
  }
}
