package io.pgmesh.executor.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.contracts.plan.Task;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rows of two workers put together by a last query. A transaction that may only read cannot make a
 * table, so what works there needed none.
 */
class CombineTest {
  private static final String READ_ONLY = "BEGIN READ ONLY";
  private static TestMesh mesh;
  private TestSession session;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    mesh = TestMesh.start(folder);
    for (int group = 0; group <= 2; group++) {
      mesh.sql(
          group,
          "CREATE DOMAIN code AS varchar(12); CREATE TYPE pair AS (a int, b text);"
              + " CREATE SCHEMA \"Odd schema\";"
              + " CREATE TYPE \"Odd schema\".\"Mood?\" AS ENUM ('so, \"so\"')");
    }
  }

  @AfterAll
  static void stop() throws Exception {
    mesh.close();
  }

  @BeforeEach
  void open() throws Exception {
    mesh.sql(0, "DROP TABLE IF EXISTS things; CREATE TABLE things (id int, name text, n int)");
    for (int group = 1; group <= 2; group++) {
      mesh.sql(
          group,
          "DROP TABLE IF EXISTS things_1; CREATE TABLE things_1 (id int, name text, n int);"
              + " INSERT INTO things_1 SELECT i, 'name ' || i, i FROM generate_series(1, 100) i");
    }
    session = mesh.session();
  }

  @AfterEach
  void close() {
    session.close();
  }

  private static Plan.Scatter combine(String columns, String finish) {
    return combine(columns, "", finish);
  }

  /** Of all rows of both workers. */
  private static Plan.Scatter combine(String columns, String condition, String finish) {
    var tasks = new ArrayList<Task>();
    for (int group = 1; group <= 2; group++) {
      var sql = SqlText.made("SELECT " + columns + " FROM things_1" + condition);
      tasks.add(new Task(mesh.server(group), sql, List.of(1L)));
    }
    var gather =
        new Gather.Combine(
            SqlText.made("SELECT " + columns + " FROM things"), SqlText.unchanged(finish));
    return new Plan.Scatter(tasks, gather, false);
  }

  private TestSession.Answer readOnly(Plan plan) {
    return readOnly(plan, Arguments.NONE);
  }

  private TestSession.Answer readOnly(Plan plan, Arguments arguments) {
    session.verb(Plan.Transaction.Verb.BEGIN, "", READ_ONLY);
    var answer = session.run(plan, arguments);
    session.rollback();
    return answer;
  }

  private static ErrorFields error(TestSession.Answer answer) {
    return ((SessionEvent.Failed) answer.closing()).error();
  }

  @Test
  void few_rows_need_no_table_once_their_columns_are_known() {
    var plan =
        combine(
            "id, nullif(name, 'name 7') AS name, n::numeric(5,1) AS n",
            "SELECT count(*), count(name), sum(n) FROM pgmesh_partial");
    assertThat(error(readOnly(plan)).code()).isEqualTo("25006");
    List<String> expected = List.of("200", "198", "10100.0");
    assertThat(session.run(plan).rows()).containsExactly(expected);
    assertThat(readOnly(plan).rows()).containsExactly(expected);
    assertThat(session.run(plan).rows()).containsExactly(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'\"Odd one\"'::code",
        "array[row(1, 'a,\"b\\ ')::pair, null]",
        "row(null, '')::pair",
        "'so, \"so\"'::\"Odd schema\".\"Mood?\"",
        "array['so, \"so\"']::\"Odd schema\".\"Mood?\"[]",
        "'ab'::char(5)",
        "'x'::varchar(3) COLLATE \"en-US-x-icu\"",
        "'{1.25,NaN}'::numeric(6,2)[]",
        "'[0:1][2:3]={{1,2},{3,4}}'::int[]",
        "'(1,2),(3,4)'::box",
        "E'\\\\x5c00'::bytea",
        "'-0'::float8",
        "'1 day 2:03:04.5678'::interval(2)",
        "'infinity'::timestamptz(0)",
        "b'101'::varbit(5)",
        "E' \\t\\n\\r\\\\N '",
        "'NULL'",
        "'12.30'::money",
        "'{[1,3),[5,9)}'::int4multirange"
      })
  void values_of_any_type_are_what_the_table_has(String value) {
    var plan =
        combine(
            "CASE id WHEN 1 THEN " + value + " WHEN 2 THEN NULL END AS v",
            " WHERE id <= 2",
            "SELECT v, v::text, pg_typeof(v) FROM pgmesh_partial ORDER BY 2");
    var expected = session.run(plan).rows();
    assertThat(expected).hasSize(4);
    assertThat(readOnly(plan).rows()).isEqualTo(expected);
  }

  @Test
  void no_rows_are_no_rows() {
    var none =
        combine("id, name", " WHERE id < 0", "SELECT count(*), max(name) FROM pgmesh_partial");
    var nobody = new ArrayList<String>(List.of("0"));
    nobody.add(null);
    assertThat(session.run(none).rows()).containsExactly(nobody);
    assertThat(readOnly(none).rows()).containsExactly(nobody);
    var all = combine("id, name", " WHERE id < 0", "SELECT id, name FROM pgmesh_partial");
    assertThat(readOnly(all).rows()).isEmpty();
  }

  @Test
  void the_clients_parameters_come_before_the_rows() {
    var plan =
        combine(
            "id + $1::int AS id",
            " WHERE n <= $2::int",
            "SELECT sum(id) * $3::int FROM pgmesh_partial");
    List<byte[]> values = List.of(bytes("1"), bytes("2"), bytes("10"));
    var arguments = new Arguments(List.of(23L, 23L, 23L), List.of(), values, List.of(1));
    session.run(plan, arguments);
    var text = new Arguments(List.of(23L, 23L, 23L), List.of(), values, List.of(0));
    assertThat(readOnly(plan, text).value()).isEqualTo("100");
    assertThat(session.run(plan, text).value()).isEqualTo("100");
  }

  @Test
  void many_rows_go_through_a_table() {
    var plan =
        combine(
            "id, repeat(name, 1000) AS name",
            "SELECT count(*), sum(length(name)), max(id) FROM pgmesh_partial");
    session.run(combine("id, repeat(name, 1000) AS name", " WHERE id = 1", plan("finish")));
    List<String> expected = List.of("200", "1384000", "100");
    assertThat(error(readOnly(plan)).code()).isEqualTo("25006");
    assertThat(session.run(plan).rows()).containsExactly(expected);
    session.begin();
    assertThat(session.run(plan).rows()).containsExactly(expected);
    assertThat(session.run(plan).rows()).containsExactly(expected);
    assertThat(session.commit().tag()).isEqualTo("COMMIT");
  }

  private static String plan(String label) {
    return "SELECT count(*) AS " + label + " FROM pgmesh_partial";
  }

  @Test
  void rows_are_fetched_in_parts_without_a_table() {
    var plan = combine("id", "SELECT id FROM pgmesh_partial ORDER BY id");
    session.run(plan);
    session.verb(Plan.Transaction.Verb.BEGIN, "", READ_ONLY);
    long statement = session.start(plan, Arguments.NONE, 3);
    assertThat(session.answer().rows()).containsExactly(List.of("1"), List.of("1"), List.of("2"));
    session.send(new SessionCommand.Resume(session.channel(), statement, 2));
    assertThat(session.answer().rows()).containsExactly(List.of("2"), List.of("3"));
    session.send(new SessionCommand.CloseStatement(session.channel(), statement));
    assertThat(session.commit().tag()).isEqualTo("COMMIT");
  }

  @Test
  void columns_that_have_changed_are_seen_by_the_workers_description() throws Exception {
    var plan = combine("n", "SELECT max(n), pg_typeof(max(n)) FROM pgmesh_partial");
    assertThat(session.run(plan).rows()).containsExactly(List.of("100", "integer"));
    assertThat(readOnly(plan).rows()).containsExactly(List.of("100", "integer"));
    mesh.sql(0, "ALTER TABLE things ALTER n TYPE numeric(6,2)");
    for (int group = 1; group <= 2; group++) {
      mesh.sql(group, "ALTER TABLE things_1 ALTER n TYPE numeric(6,2) USING n + 0.25");
    }
    assertThat(session.run(plan).rows()).containsExactly(List.of("100.25", "numeric"));
    assertThat(readOnly(plan).rows()).containsExactly(List.of("100.25", "numeric"));
  }

  @Test
  void types_that_a_cast_reads_in_another_way_keep_their_table() {
    var plan = combine("(n % 3 + 97)::\"char\" AS c", "SELECT max(c) FROM pgmesh_partial");
    assertThat(session.run(plan).value()).isEqualTo("c");
    assertThat(error(readOnly(plan)).code()).isEqualTo("25006");
    assertThat(session.run(plan).value()).isEqualTo("c");
  }

  @Test
  void an_error_of_one_worker_is_the_clients_error() throws Exception {
    mesh.sql(2, "INSERT INTO things_1 VALUES (0, 'zero', 0)");
    var good = combine("100 / n AS q", " WHERE n > 0", "SELECT sum(q) FROM pgmesh_partial");
    var bad = combine("100 / n AS q", "", "SELECT sum(q) FROM pgmesh_partial");
    session.run(good);
    for (int i = 0; i < 3; i++) {
      assertThat(error(session.run(bad)).code()).isEqualTo("22012");
      assertThat(session.run(good).closing()).isInstanceOf(SessionEvent.Completed.class);
    }
  }

  @Test
  void an_error_of_the_last_query_is_placed_in_the_clients_text() {
    var plan = combine("n", "SELECT 1 / count(*) / (count(n) - 200) FROM pgmesh_partial");
    var typo = combine("n", "SELECT count(m) FROM pgmesh_partial");
    assertThat(error(session.run(plan)).code()).isEqualTo("22012");
    assertThat(error(session.run(plan)).code()).isEqualTo("22012");
    assertThat(error(session.run(typo)).get(ErrorFields.POSITION)).isEqualTo("14");
  }

  @Test
  void where_no_table_can_be_made_the_workers_are_called_off() {
    var plan =
        new Plan.Scatter(
            List.of(session.task(1, "SELECT pg_sleep(60)"), session.task(2, "SELECT pg_sleep(60)")),
            new Gather.Combine(SqlText.made("SELECT 'x'::int AS c"), SqlText.made(plan("c"))),
            false);
    assertThat(error(session.run(plan)).code()).isEqualTo("22P02");
    assertThat(session.read("SELECT 1").value()).isEqualTo("1");
  }

  @Test
  void a_cancel_ends_it_at_the_workers_and_at_the_last_query() throws Exception {
    cancelled(combine("id, pg_sleep(60) IS NULL AS s", "SELECT count(*) FROM pgmesh_partial"));
    var slowEnd = combine("id", "SELECT count(pg_sleep(id)) FROM pgmesh_partial");
    session.run(combine("id", "SELECT count(*) FROM pgmesh_partial"));
    cancelled(slowEnd);
  }

  private void cancelled(Plan plan) throws Exception {
    session.start(plan, Arguments.NONE, 0);
    String sleeps =
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND state = 'active'";
    while (mesh.value(0, sleeps).equals("0") && mesh.value(1, sleeps).equals("0")) {
      Thread.onSpinWait();
    }
    session.send(new SessionCommand.Cancel(session.channel()));
    assertThat(error(session.answer()).code()).isEqualTo("57014");
    assertThat(session.read("SELECT 1").value()).isEqualTo("1");
  }

  @Test
  void a_server_process_that_dies_is_told_and_the_session_goes_on() throws Exception {
    var plan = combine("id, pg_sleep(60) IS NULL AS s", "SELECT count(*) FROM pgmesh_partial");
    session.run(combine("id, pg_sleep(60) IS NULL AS s", " WHERE id < 0", plan("none")));
    for (int group = 1; group <= 2; group++) {
      session.start(plan, Arguments.NONE, 0);
      String kill =
          "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
      while (mesh.value(group, kill).equals("0")) {
        Thread.onSpinWait();
      }
      assertThat(error(session.answer()).code()).isIn("57P01", "08006");
      assertThat(session.read("SELECT 1").value()).isEqualTo("1");
    }
  }

  @Test
  void a_client_that_stops_reading_gets_no_more_than_it_has_room_for() {
    var plan =
        combine(
            "id",
            "SELECT repeat('x', 1000) FROM pgmesh_partial, generate_series(1, 1000) ORDER BY id");
    session.run(combine("id", "SELECT count(*) FROM pgmesh_partial"));
    session.givesCredit = false;
    session.start(plan, Arguments.NONE, 0);
    for (int batches = 0; batches < SessionCommand.INITIAL_CREDIT; ) {
      batches += session.next() instanceof SessionEvent.Rows ? 1 : 0;
    }
    assertThat(session.waiting()).isLessThanOrEqualTo(1);
    session.send(new SessionCommand.Cancel(session.channel()));
    assertThat(error(session.answer()).code()).isEqualTo("57014");
  }

  @Test
  void what_comes_again_is_kept_prepared_by_all_servers() throws Exception {
    var plan = combine("id AS again", "SELECT count(again) FROM pgmesh_partial");
    for (int i = 0; i < 5; i++) {
      assertThat(session.run(plan).value()).isEqualTo("200");
    }
    String kept = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%again%'";
    assertThat(session.onWorker(1, kept, false).value()).isEqualTo("1");
    assertThat(session.onWorker(2, kept, false).value()).isEqualTo("1");
    String here = kept.replace("pg_prepared_statements", "pg_prepared_statement()");
    assertThat(session.read(here).value()).isEqualTo("1");
    session.read("DEALLOCATE ALL");
    session.onWorker(1, "DEALLOCATE ALL", false);
    assertThat(session.run(plan).value()).isEqualTo("200");
  }

  @Test
  void a_task_prepared_before_a_change_of_columns_is_sent_again() throws Exception {
    var plan =
        new Plan.Scatter(
            List.of(
                session.task(1, "SELECT * FROM things_1 WHERE id = 1"),
                session.task(2, "SELECT * FROM things_1 WHERE id = 1")),
            new Gather.Concat(),
            false);
    for (int i = 0; i < 3; i++) {
      assertThat(session.run(plan).rows()).containsOnly(List.of("1", "name 1", "1"));
    }
    for (int group = 1; group <= 2; group++) {
      mesh.sql(group, "ALTER TABLE things_1 DROP COLUMN name");
    }
    assertThat(session.run(plan).rows()).hasSize(2).containsOnly(List.of("1", "1"));
    assertThat(Collections.frequency(session.run(plan).rows(), List.of("1", "1"))).isEqualTo(2);
  }

  @Test
  void a_constant_that_means_the_time_is_read_each_time() {
    String now = "SELECT 'now'::timestamptz = transaction_timestamp()";
    for (int i = 0; i < 4; i++) {
      assertThat(session.onWorkers(now, false).rows()).hasSize(2).containsOnly(List.of("t"));
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
