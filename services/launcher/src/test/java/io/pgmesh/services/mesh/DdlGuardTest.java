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

/** Shells and shards agree after DDL inside functions and after what DROP … CASCADE takes along. */
@ExtendWith(WithMesh.class)
class DdlGuardTest {
  private Connection connection;

  @BeforeEach
  void make(Endpoint mesh) throws SQLException {
    connection = DriverManager.getConnection(mesh.jdbc());
    run("DROP SCHEMA IF EXISTS guard CASCADE");
    run("CREATE SCHEMA guard");
    run("SET search_path = guard, public");
    run("CREATE TYPE mood AS ENUM ('calm', 'angry')");
    run("CREATE TABLE kind (id int PRIMARY KEY, name text)");
    run("CREATE TABLE owner (id int PRIMARY KEY, mood mood, kind int REFERENCES kind)");
    run("CREATE TABLE thing (owner int REFERENCES owner, id int, PRIMARY KEY (owner, id))");
    run("SELECT create_reference_table('kind')");
    run("SELECT create_distributed_table('owner', 'id', shard_count => 4)");
    run("SELECT create_distributed_table('thing', 'owner', colocate_with => 'owner')");
    run("INSERT INTO kind VALUES (1, 'one')");
    run("INSERT INTO owner SELECT i, 'calm', 1 FROM generate_series(1, 40) AS i");
    run("INSERT INTO thing SELECT i, i FROM generate_series(1, 40) AS i");
  }

  @AfterEach
  void drop() throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.rollback();
      connection.setAutoCommit(true);
    }
    run("DROP SCHEMA IF EXISTS guard CASCADE");
    connection.close();
  }

  private List<String> run(String sql) throws SQLException {
    return Jdbc.run(connection, sql);
  }

  private void inFunction(String sql) throws SQLException {
    Jdbc.inFunction(connection, sql);
  }

  private static String columns(String relation) {
    return "SELECT string_agg(attname || ' ' || typname, ', ' ORDER BY attnum)"
        + " FROM pg_attribute JOIN pg_type t ON t.oid = atttypid WHERE attrelid = '"
        + relation
        + "'::regclass AND attnum > 0 AND NOT attisdropped";
  }

  /** Columns of the shell and of every shard. */
  private void assertColumns(String table, String columns) throws SQLException {
    assertThat(run(columns("guard." + table))).containsExactly(columns);
    assertThat(
            run(
                "SELECT DISTINCT result FROM run_command_on_shards('guard.%s', $$%s$$)"
                    .formatted(table, columns("%s"))))
        .containsExactly(columns);
  }

  /** What workers have in the schema. */
  private void assertOnWorkers(String... relations) throws SQLException {
    assertThat(
            run(
                "SELECT DISTINCT unnest(string_to_array(result, ',')) FROM run_command_on_workers($$"
                    + "SELECT string_agg(DISTINCT regexp_replace(relname, '_[0-9]+$', ''), ',')"
                    + " FROM pg_class WHERE relkind = 'r' AND relnamespace = to_regnamespace('guard')$$)"))
        .containsExactlyInAnyOrder(relations);
  }

  private void assertInCatalog(String... tables) throws SQLException {
    assertThat(
            run(
                "SELECT relname FROM pg_dist_partition JOIN pg_class c ON c.oid = logicalrelid"
                    + " WHERE relnamespace = 'guard'::regnamespace"))
        .containsExactlyInAnyOrder(tables);
    assertThat(
            run(
                "SELECT (SELECT count(*) FROM pg_dist_partition WHERE NOT EXISTS"
                    + " (SELECT FROM pg_class c WHERE c.oid = logicalrelid)),"
                    + " (SELECT count(*) FROM pg_dist_shard WHERE logicalrelid NOT IN"
                    + " (SELECT logicalrelid FROM pg_dist_partition)),"
                    + " (SELECT count(*) FROM pg_dist_placement WHERE shardid NOT IN"
                    + " (SELECT shardid FROM pg_dist_shard)),"
                    + " (SELECT count(*) FROM pg_dist_colocation WHERE replicationfactor > 0"
                    + " AND colocationid NOT IN (SELECT colocationid FROM pg_dist_partition)),"
                    + " (SELECT count(*) FROM pgmesh.replica WHERE relation NOT IN"
                    + " (SELECT logicalrelid FROM pg_dist_partition))"))
        .containsExactly("0|0|0|0|0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER TABLE owner ADD COLUMN more int",
        "ALTER TABLE owner DROP COLUMN mood",
        "ALTER TABLE owner RENAME TO renamed",
        "ALTER TABLE owner RENAME COLUMN mood TO temper",
        "ALTER TABLE owner SET SCHEMA public",
        "ALTER TABLE owner ALTER COLUMN mood SET NOT NULL",
        "ALTER TABLE owner ALTER COLUMN kind SET DEFAULT 1",
        "ALTER TABLE owner ADD CHECK (id > 0)",
        "ALTER TABLE owner ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE owner OWNER TO pg_database_owner",
        "ALTER TABLE kind ADD COLUMN more int",
        "ALTER TABLE kind ALTER COLUMN name TYPE varchar(7)",
        "ALTER INDEX owner_pkey RENAME TO other",
        "CREATE INDEX ON owner (mood)",
        "CREATE UNIQUE INDEX ON kind (name)",
        "ALTER TABLE thing DROP CONSTRAINT thing_pkey",
        "ALTER SCHEMA guard RENAME TO guarded",
        "ALTER TYPE mood ADD VALUE 'bored'",
        "ALTER TYPE mood RENAME VALUE 'calm' TO 'cool'",
        "DROP TYPE mood CASCADE",
        "GRANT SELECT ON owner TO PUBLIC",
        "GRANT SELECT (name) ON kind TO PUBLIC",
        "CREATE TRIGGER t BEFORE UPDATE ON owner FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "CREATE RULE r AS ON DELETE TO owner DO INSTEAD NOTHING",
        "CREATE TABLE child () INHERITS (owner)"
      })
  void what_would_change_only_the_shell_is_refused(String sql) throws SQLException {
    SQLException refusal = catchThrowableOfType(SQLException.class, () -> inFunction(sql));
    assertThat(refusal.getSQLState()).as(refusal.getMessage()).isEqualTo("0A000");
    assertColumns("owner", "id int4, mood mood, kind int4");
    assertThat(run("SELECT count(*), min(mood::text) FROM owner")).containsExactly("40|calm");
  }

  @Test
  void what_does_not_concern_shards_works_in_functions() throws SQLException {
    inFunction("COMMENT ON TABLE owner IS 'commented'");
    inFunction("CREATE TABLE local (id int)");
    inFunction("ALTER TABLE local ADD COLUMN more int");
    inFunction("CREATE INDEX ON local (more)");
    inFunction("GRANT SELECT ON local TO PUBLIC");
    inFunction("DROP TABLE local");
    inFunction("TRUNCATE owner CASCADE");
    assertThat(run("SELECT count(*) FROM owner")).containsExactly("0");
    assertThat(run("SELECT count(*) FROM thing")).containsExactly("0");
  }

  @Test
  void a_dropped_table_takes_its_shards_along() throws SQLException {
    connection.setAutoCommit(false);
    inFunction("DROP TABLE thing");
    inFunction("DROP TABLE owner, kind");
    assertInCatalog();
    connection.rollback();
    connection.setAutoCommit(true);
    assertInCatalog("kind", "owner", "thing");
    assertThat(
            run(
                "SELECT count(*) FROM owner JOIN thing ON owner = owner.id JOIN kind ON kind = kind.id"))
        .containsExactly("40");
    inFunction("DROP TABLE thing");
    assertInCatalog("kind", "owner");
    assertOnWorkers("kind", "owner");
    inFunction("DROP TABLE kind CASCADE");
    assertOnWorkers("owner");
    run("INSERT INTO owner VALUES (50, 'angry', 99)");
  }

  @Test
  void a_drop_that_its_function_takes_back_is_taken_back_on_workers() throws SQLException {
    run(
        """
        DO $$
        BEGIN
          BEGIN
            DROP TABLE thing;
            RAISE EXCEPTION 'no';
          EXCEPTION WHEN raise_exception THEN
          END;
          INSERT INTO thing VALUES (1, 1000);
        END
        $$
        """);
    assertInCatalog("kind", "owner", "thing");
    assertThat(run("SELECT count(*) FROM thing")).containsExactly("41");
  }

  @Test
  void a_function_may_make_drop_and_make_again() throws SQLException {
    run(
        """
        DO $$
        BEGIN
          DROP TABLE thing;
          CREATE TABLE thing (owner int, label text);
          PERFORM create_distributed_table('thing', 'owner', shard_count => 3);
          INSERT INTO thing SELECT i, 'new' FROM generate_series(1, 9) AS i;
        END
        $$
        """);
    assertColumns("thing", "owner int4, label text");
    assertThat(run("SELECT count(*) FROM thing WHERE label = 'new'")).containsExactly("9");
    assertInCatalog("kind", "owner", "thing");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_dropped_schema_takes_everything_along(boolean function) throws SQLException {
    String drop = "DROP SCHEMA guard CASCADE";
    connection.setAutoCommit(false);
    run("INSERT INTO kind VALUES (2, 'two')");
    if (function) {
      inFunction(drop);
    } else {
      run(drop);
    }
    connection.rollback();
    connection.setAutoCommit(true);
    assertInCatalog("kind", "owner", "thing");
    assertOnWorkers("kind", "owner", "thing");
    assertThat(run("SELECT count(*) FROM owner JOIN kind ON kind = kind.id")).containsExactly("40");
    if (function) {
      inFunction(drop);
    } else {
      run(drop);
    }
    assertOnWorkers();
    run("CREATE SCHEMA guard");
    assertInCatalog();
  }

  @Test
  void a_schema_that_is_not_empty_is_not_dropped() throws SQLException {
    SQLException refusal = catchThrowableOfType(SQLException.class, () -> run("DROP SCHEMA guard"));
    assertThat(refusal.getSQLState()).isEqualTo("2BP01");
    assertThat(refusal.getMessage()).doesNotContain("pgmesh");
    assertInCatalog("kind", "owner", "thing");
    assertThat(run("SELECT count(*) FROM owner")).containsExactly("40");
  }

  @Test
  void columns_go_with_their_type() throws SQLException {
    run("CREATE TABLE moody (id mood PRIMARY KEY)");
    run("SELECT create_distributed_table('moody', 'id', shard_count => 4)");
    SQLException refusal =
        catchThrowableOfType(SQLException.class, () -> run("DROP TYPE mood CASCADE"));
    assertThat(refusal.getSQLState()).isEqualTo("0A000");
    assertThat(refusal.getMessage()).contains("distribution column");
    assertColumns("moody", "id mood");
    run("DROP TABLE moody");
    connection.setAutoCommit(false);
    run("DROP TYPE mood CASCADE");
    assertThat(run("SELECT * FROM owner WHERE id = 1")).containsExactly("1|1");
    connection.rollback();
    connection.setAutoCommit(true);
    assertColumns("owner", "id int4, mood mood, kind int4");
    run("DROP TYPE mood CASCADE");
    assertColumns("owner", "id int4, kind int4");
    run("INSERT INTO owner VALUES (41, 1)");
  }

  @Test
  void what_hangs_on_a_function_goes_with_it() throws SQLException {
    run("CREATE FUNCTION seven() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 7'");
    run("ALTER TABLE owner ADD COLUMN n int");
    run("ALTER TABLE owner ALTER COLUMN n SET DEFAULT seven()");
    run("ALTER TABLE owner ADD CONSTRAINT n_is_seven CHECK (n = seven())");
    run("INSERT INTO owner (id) VALUES (41)");
    run("DROP FUNCTION seven() CASCADE");
    run("INSERT INTO owner (id) VALUES (42)");
    run("INSERT INTO owner (id, n) VALUES (43, 8)");
    assertThat(run("SELECT id, n FROM owner WHERE id > 40 ORDER BY id"))
        .containsExactly("41|7", "42|null", "43|8");
  }

  @Test
  void what_a_role_owned_goes_or_changes_hands() throws SQLException {
    run("DROP ROLE IF EXISTS guard_one, guard_two");
    run("CREATE ROLE guard_one");
    run("CREATE ROLE guard_two");
    run("GRANT ALL ON SCHEMA guard TO guard_one, guard_two");
    run("ALTER TABLE thing OWNER TO guard_one");
    run("REASSIGN OWNED BY guard_one TO guard_two");
    assertThat(
            run(
                "SELECT DISTINCT result FROM run_command_on_shards('thing',"
                    + " $$SELECT relowner::regrole FROM pg_class WHERE oid = '%s'::regclass$$)"))
        .containsExactly("guard_two");
    connection.setAutoCommit(false);
    run("DROP OWNED BY guard_two CASCADE");
    assertInCatalog("kind", "owner");
    connection.rollback();
    connection.setAutoCommit(true);
    assertThat(run("SELECT count(*) FROM thing")).containsExactly("40");
    run("DROP OWNED BY guard_two CASCADE");
    assertInCatalog("kind", "owner");
    assertOnWorkers("kind", "owner");
    run("DROP OWNED BY guard_one");
    run("DROP ROLE guard_one, guard_two");
  }

  @Test
  void commands_on_workers_after_a_change_do_not_hold_up_the_end() throws SQLException {
    connection.setAutoCommit(false);
    run("ALTER TABLE thing ADD COLUMN more int");
    run("SELECT * FROM run_command_on_workers('SELECT 1')");
    long begun = System.nanoTime();
    connection.commit();
    assertThat(System.nanoTime() - begun).isLessThan(10_000_000_000L);
    connection.setAutoCommit(true);
    assertColumns("thing", "owner int4, id int4, more int4");
  }
}
