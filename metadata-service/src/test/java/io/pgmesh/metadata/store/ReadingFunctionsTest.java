package io.pgmesh.metadata.store;

import static io.pgmesh.metadata.store.TestServers.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Functions that are there before the table that they read is distributed. */
class ReadingFunctionsTest {
  private static final String DISTRIBUTE = "SELECT create_distributed_table('%s', 'k')";

  private static TestServers servers;
  private static Connection mesh;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    servers = TestServers.start(folder);
    mesh = servers.meshDatabase("mesh");
    run(mesh, "CREATE SCHEMA app");
  }

  @AfterAll
  static void stop() throws Exception {
    servers.close();
  }

  @BeforeEach
  void tables() throws Exception {
    run(mesh, "DROP TABLE IF EXISTS public.points, app.\"My Table\", app.points CASCADE");
    run(mesh, "CREATE TABLE public.points (k int)");
    run(mesh, "CREATE VIEW public.seen_points AS SELECT k FROM public.points");
    run(mesh, "CREATE TABLE app.\"My Table\" (k int)");
    run(mesh, "CREATE TABLE app.points (k int, points int)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LANGUAGE sql AS 'SELECT count(*) FROM points TABLESAMPLE BERNOULLI (0)'",
        "LANGUAGE plpgsql AS $$BEGIN RETURN (SELECT count(TableOID) FROM Points); END$$",
        "LANGUAGE plpgsql AS $$BEGIN -- isn't\n RETURN (SELECT count(*) FROM ONLY points); END$$",
        "LANGUAGE sql AS $$SELECT count(*) FROM ONLY (\"points\")$$",
        "LANGUAGE sql AS $$SELECT count(*) FROM ONLY public . points$$",
        "LANGUAGE sql AS $$SELECT count('it''s') FROM ONLY points$$",
        "LANGUAGE sql AS $$SELECT count(E'\\'') FROM ONLY points$$",
        "LANGUAGE sql AS $$SELECT count(\"it's\") FROM (SELECT 1 AS \"it's\" FROM ONLY points)$$",
        "LANGUAGE plpgsql AS $$DECLARE n bigint; BEGIN EXECUTE 'SELECT count(*) FROM ONLY points'"
            + " INTO n; RETURN n; END$$",
        "LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM ONLY points; END",
        "LANGUAGE sql BEGIN ATOMIC SELECT count(tableoid) FROM points; END",
        "LANGUAGE sql RETURN (SELECT count(*) FROM points TABLESAMPLE SYSTEM (1))",
        "LANGUAGE sql RETURN (SELECT count(pgmesh.tableoid(tableoid)) FROM points WHERE tableoid = 3)",
        "LANGUAGE sql AS $$SELECT k FROM points FOR UPDATE NOWAIT$$",
        "LANGUAGE plpgsql AS $$BEGIN RETURN (SELECT k FROM points FOR SHARE SKIP\nLOCKED); END$$",
        "LANGUAGE sql BEGIN ATOMIC SELECT k FROM seen_points FOR UPDATE SKIP LOCKED; END",
      })
  void that_ask_what_shards_cannot_tell_are_named(String function) throws Exception {
    run(mesh, "CREATE FUNCTION asking() RETURNS bigint " + function);
    try {
      assertThatThrownBy(() -> run(mesh, DISTRIBUTE.formatted("public.points")))
          .hasMessageContaining(
              "cannot distribute \"points\" because the function public.asking() asks for")
          .extracting("SQLState")
          .isEqualTo("0A000");
    } finally {
      run(mesh, "DROP FUNCTION asking()");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LANGUAGE sql AS 'SELECT count(*) FROM points -- TABLESAMPLE'",
        "LANGUAGE sql AS $$SELECT count('tableoid') /* ONLY points */ FROM points$$",
        "LANGUAGE sql AS $$SELECT count($a$ONLY points$a$) FROM points$$",
        "LANGUAGE sql AS $$SELECT count(*) FROM ONLY app.points, points p$$",
        "LANGUAGE sql AS $$SELECT sum(p.points) FROM app.points p TABLESAMPLE SYSTEM (1)$$",
        "LANGUAGE sql AS $$SELECT count(*) FROM (SELECT FROM points FETCH FIRST 1 ROW ONLY) p$$",
        "LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM ONLY app.points; END",
        "LANGUAGE sql BEGIN ATOMIC SELECT count(pgmesh.tableoid(tableoid)) FROM points; END",
        "LANGUAGE sql AS $$SELECT pgmesh.tableoid(p.tableoid)::bigint FROM points p$$",
        "LANGUAGE sql AS $$SELECT k FROM points FOR UPDATE -- NOWAIT$$",
        "LANGUAGE sql AS $$SELECT k FROM app.points FOR UPDATE NOWAIT$$",
      })
  void that_do_not_stay(String function) throws Exception {
    run(mesh, "CREATE FUNCTION reading() RETURNS bigint " + function);
    try {
      assertThat(run(mesh, DISTRIBUTE.formatted("public.points"))).hasSize(1);
    } finally {
      run(mesh, "DROP FUNCTION reading()");
    }
  }

  @Test
  void the_oid_of_a_tables_rows_is_the_tables() throws Exception {
    String oids = "SELECT DISTINCT pgmesh.tableoid(o)::regclass::text FROM unnest('{%s}'::oid[]) o";
    assertThat(run(mesh, oids.formatted(oid("points")))).containsExactly("points");
    run(mesh, DISTRIBUTE.formatted("public.points"));
    String child = oid("pgmesh_remote.\"" + oid("points") + "\"");
    assertThat(run(mesh, oids.formatted(oid("points") + "," + child))).containsExactly("points");
  }

  @Test
  void a_view_with_the_tables_oid_in_it_stays() throws Exception {
    String made =
        "CREATE VIEW owners AS SELECT CASE WHEN p.tableoid IS NOT NULL THEN %s::oid END AS tableoid"
            + " FROM points p";
    run(mesh, made.formatted(oid("app.points")));
    assertThatThrownBy(() -> run(mesh, DISTRIBUTE.formatted("public.points")))
        .hasMessageContaining("because the view public.owners asks for tableoid");
    run(mesh, "DROP VIEW owners");
    run(mesh, made.formatted(oid("points")));
    assertThat(run(mesh, DISTRIBUTE.formatted("public.points"))).hasSize(1);
  }

  private static String oid(String table) throws Exception {
    return run(mesh, "SELECT '" + table + "'::regclass::oid").getFirst();
  }

  @ParameterizedTest
  @ValueSource(strings = {"app.\"My Table\"", "only app.\"My Table\""})
  void names_in_quotes_count(String table) throws Exception {
    run(
        mesh,
        "CREATE PROCEDURE asking() LANGUAGE sql AS $$SELECT "
            + (table.startsWith("only") ? "1" : "tableoid")
            + " FROM "
            + table
            + "$$");
    try {
      assertThatThrownBy(() -> run(mesh, DISTRIBUTE.formatted("app.\"My Table\"")))
          .hasMessageContaining("because the function public.asking() asks for");
    } finally {
      run(mesh, "DROP PROCEDURE asking()");
    }
  }
}
