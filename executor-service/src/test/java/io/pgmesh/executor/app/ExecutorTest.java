package io.pgmesh.executor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.Plan.Setting.Scope;
import io.pgmesh.contracts.plan.Plan.Transaction.Verb;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Statements, transactions and settings against real servers. */
class ExecutorTest extends OnItems {

  @Test
  void opening_reports_the_server_parameters() {
    assertThat(session.parameters())
        .containsEntry("server_encoding", "UTF8")
        .containsEntry("integer_datetimes", "on")
        .containsKey("server_version");
    var named = new TestSession(mesh, "postgres", Map.of("application_name", "it's me"));
    assertThat(named.parameters()).containsEntry("application_name", "it's me");
  }

  @Test
  void a_startup_setting_that_the_server_refuses_fails_the_opening() {
    assertThatThrownBy(() -> new TestSession(mesh, "postgres", Map.of("options", "-c geqo=maybe")))
        .isInstanceOfSatisfying(SqlError.class, e -> assertThat(e.code()).isEqualTo("22023"));
  }

  @Test
  void a_coordinator_statement_is_relayed_with_its_description_and_tag() {
    var answer = session.read("SELECT 1 AS one, NULL AS nothing");
    assertThat(answer.rows()).containsExactly(java.util.Arrays.asList("1", null));
    assertThat(answer.tag()).isEqualTo("SELECT 1");
    assertThat(answer.others().getFirst()).isInstanceOf(SessionEvent.RowDescription.class);
    assertThat(answer.state()).isEqualTo(SessionEvent.State.IDLE);
  }

  @Test
  void errors_keep_all_fields_and_positions() {
    var failed = (SessionEvent.Failed) session.read("SELECT nothing_here").closing();
    assertThat(failed.error().code()).isEqualTo("42703");
    assertThat(failed.error().get("P")).isEqualTo("8");
    assertThat(failed.error().get("R")).isNotEmpty();
  }

  @Test
  void errors_of_shards_hide_their_numbers() {
    session.onWorker(1, "INSERT INTO items_102008 VALUES (1, 'a')", true);
    var answer = session.onWorker(1, "INSERT INTO items_102008 VALUES (1, 'b')", true);
    var error = ((SessionEvent.Failed) answer.closing()).error();
    assertThat(error.code()).isEqualTo("23505");
    assertThat(error.get("t")).isEqualTo("items");
    assertThat(error.get("n")).isEqualTo("items_pkey");
    assertThat(error.message()).doesNotContain("102008");
  }

  @Test
  void scatter_adds_the_counts_up() {
    assertThat(session.onWorkers("INSERT INTO items VALUES (1, 'a'), (2, 'b')", true).tag())
        .isEqualTo("INSERT 0 4");
    var answer = session.onWorkers("SELECT id FROM items", false);
    assertThat(answer.rows()).hasSize(4);
    assertThat(answer.tag()).isEqualTo("SELECT 4");
  }

  @Test
  void a_write_on_two_workers_is_all_or_nothing() throws Exception {
    mesh.sql(2, "INSERT INTO items VALUES (7, 'there')");
    var answer = session.onWorkers("INSERT INTO items VALUES (7, 'new')", true);
    assertThat(answer.closing()).isInstanceOf(SessionEvent.Failed.class);
    assertThat(mesh.value(1, "SELECT count(*) FROM items")).isEqualTo("0");
  }

  @Test
  void a_transaction_reads_its_own_writes_and_rolls_back_everywhere() throws Exception {
    session.begin();
    assertThat(session.onWorkers("INSERT INTO items VALUES (1, 'a')", true).state().transaction())
        .isEqualTo('T');
    session.write("INSERT INTO items VALUES (1, 'a')");
    assertThat(session.onWorker(1, "SELECT count(*) FROM items", false).value()).isEqualTo("1");
    assertThat(session.rollback().tag()).isEqualTo("ROLLBACK");
    for (int group = 0; group <= 2; group++) {
      assertThat(mesh.value(group, "SELECT count(*) FROM items")).isEqualTo("0");
    }
  }

  @Test
  void a_commit_over_three_servers_leaves_no_prepared_transaction() throws Exception {
    session.begin();
    session.onWorkers("INSERT INTO items VALUES (1, 'a')", true);
    session.write("INSERT INTO items VALUES (1, 'a')");
    assertThat(session.commit().tag()).isEqualTo("COMMIT");
    for (int group = 0; group <= 2; group++) {
      assertThat(mesh.value(group, "SELECT count(*) FROM items")).isEqualTo("1");
      assertThat(mesh.value(group, "SELECT count(*) FROM pg_prepared_xacts")).isEqualTo("0");
    }
  }

  @Test
  void a_failed_transaction_refuses_statements_until_it_is_rolled_back() {
    session.begin();
    assertThat(session.onWorker(1, "SELECT 1/0", false).state().transaction()).isEqualTo('E');
    var refused = (SessionEvent.Failed) session.read("SELECT 1").closing();
    assertThat(refused.error().code()).isEqualTo("25P02");
    assertThat(session.commit().tag()).isEqualTo("ROLLBACK");
    assertThat(session.read("SELECT 1").tag()).isEqualTo("SELECT 1");
  }

  @Test
  void savepoints_hold_on_servers_that_join_later() throws Exception {
    session.begin();
    session.verb(Verb.SAVEPOINT, "a", "SAVEPOINT a");
    session.onWorker(1, "INSERT INTO items VALUES (1, 'gone')", true);
    session.onWorker(2, "SELECT 1/0", false);
    assertThat(session.verb(Verb.ROLLBACK_TO, "a", "ROLLBACK TO a").state().transaction())
        .isEqualTo('T');
    session.onWorker(2, "INSERT INTO items VALUES (2, 'kept')", true);
    session.verb(Verb.RELEASE, "a", "RELEASE a");
    session.commit();
    assertThat(mesh.value(1, "SELECT count(*) FROM items")).isEqualTo("0");
    assertThat(mesh.value(2, "SELECT count(*) FROM items")).isEqualTo("1");
  }

  @Test
  void settings_follow_the_session_to_every_server_and_go_back_with_a_rollback() {
    session.set("search_path", Scope.SESSION, "SET search_path TO pg_catalog, public");
    assertThat(session.onWorker(2, "SHOW search_path", false).value())
        .isEqualTo("pg_catalog, public");
    session.begin();
    session.set("work_mem", Scope.LOCAL, "SET LOCAL work_mem = '7MB'");
    session.set("datestyle", Scope.SESSION, "SET datestyle = 'German'");
    assertThat(session.onWorker(1, "SHOW work_mem", false).value()).isEqualTo("7MB");
    assertThat(session.onWorker(1, "SHOW datestyle", false).value()).startsWith("German");
    session.rollback();
    assertThat(session.onWorker(1, "SHOW work_mem", false).value()).isEqualTo("4MB");
    assertThat(session.onWorker(1, "SHOW datestyle", false).value()).startsWith("ISO");
    session.set("search_path", Scope.RESET, "RESET search_path");
    assertThat(session.onWorker(2, "SHOW search_path", false).value()).contains("$user");
    assertThat(mesh.session().onWorker(2, "SHOW search_path", false).value()).contains("$user");
  }

  @Test
  void reported_settings_are_told() {
    var answer = session.set("application_name", Scope.SESSION, "SET application_name = 'x'");
    assertThat(answer.others())
        .contains(new SessionEvent.ParameterChanged(session.channel(), "application_name", "x"));
  }

  @Test
  void inspection_gives_types_columns_and_names() {
    session.send(
        new SessionCommand.Inspect(
            session.channel(),
            99,
            "SELECT name FROM items WHERE id = $1",
            List.of(),
            List.of("items", "public.\"items\"", "nothing", "a.b.c.d", "\"broken"),
            List.of("random", "lower"),
            false));
    var inspected = (SessionEvent.Inspected) session.next();
    assertThat(inspected.parameterTypes()).containsExactly(23L);
    assertThat(inspected.rowDescription().getByte(0)).isEqualTo((byte) 'T');
    assertThat(inspected.relations().get(0).kind()).isEqualTo('r');
    assertThat(inspected.relations().get(1).oid()).isEqualTo(inspected.relations().get(0).oid());
    assertThat(inspected.relations().subList(2, 5)).allMatch(relation -> relation.oid() == 0);
    assertThat(inspected.volatileFunctions()).isTrue();
    assertThat(inspected.userFunctions()).isFalse();
  }

  @Test
  void inspection_of_a_bad_text_gives_the_servers_own_error() {
    session.send(
        new SessionCommand.Inspect(
            session.channel(), 5, "SELEC 1", List.of(), List.of("items"), List.of(), false));
    var failed = (SessionEvent.Failed) session.next();
    assertThat(failed.error().code()).isEqualTo("42601");
    assertThat(failed.error().get("P")).isEqualTo("1");
  }

  @Test
  void rows_come_in_parts() {
    session.write("INSERT INTO items SELECT n, 'x' FROM generate_series(1, 10) n");
    long statement =
        session.start(
            new io.pgmesh.contracts.plan.Plan.Coordinator(
                io.pgmesh.contracts.plan.SqlText.unchanged("SELECT id FROM items"),
                io.pgmesh.contracts.plan.Plan.Use.READ),
            io.pgmesh.contracts.plan.Arguments.NONE,
            4);
    var first = session.answer();
    assertThat(first.rows()).hasSize(4);
    assertThat(first.closing()).isInstanceOf(SessionEvent.Suspended.class);
    session.send(new SessionCommand.Resume(session.channel(), statement, 0));
    var rest = session.answer();
    assertThat(rest.rows()).hasSize(6);
    assertThat(rest.tag()).isEqualTo("SELECT 6");
    assertThat(session.read("SELECT 1").state().transaction()).isEqualTo('I');
  }

  @Test
  void an_ordinary_role_commits_over_several_workers() throws Exception {
    for (int group = 0; group <= 2; group++) {
      mesh.sql(group, "CREATE ROLE alice LOGIN; GRANT ALL ON items TO alice");
    }
    var alice = new TestSession(mesh, "alice", Map.of());
    assertThat(alice.onWorkers("INSERT INTO items VALUES (1, current_user)", true).tag())
        .isEqualTo("INSERT 0 2");
    assertThat(mesh.value(2, "SELECT name FROM items")).isEqualTo("alice");
    assertThat(mesh.value(1, "SELECT count(*) FROM pg_prepared_xacts")).isEqualTo("0");
  }

  @Test
  void notifications_reach_a_session_that_listens_also_between_statements() throws Exception {
    session.run(
        new io.pgmesh.contracts.plan.Plan.Coordinator(
            io.pgmesh.contracts.plan.SqlText.unchanged("LISTEN news"),
            io.pgmesh.contracts.plan.Plan.Use.BLOCK,
            io.pgmesh.contracts.plan.Plan.Effects.SESSION,
            ""));
    mesh.sql(0, "NOTIFY news, 'hello'");
    assertThat(session.await(SessionEvent.Notification.class).payload()).isEqualTo("hello");
  }

  @Test
  void a_session_bound_to_a_dead_connection_is_lost() throws Exception {
    session.run(
        new io.pgmesh.contracts.plan.Plan.Coordinator(
            io.pgmesh.contracts.plan.SqlText.unchanged("CREATE TEMP TABLE t (a int)"),
            io.pgmesh.contracts.plan.Plan.Use.BLOCK,
            io.pgmesh.contracts.plan.Plan.Effects.SESSION,
            ""));
    assertThat(session.read("SELECT count(*) FROM t").value()).isEqualTo("0");
    String pid = session.read("SELECT pg_backend_pid()").value();
    mesh.sql(0, "SELECT pg_terminate_backend(" + pid + ")");
    assertThat(session.await(SessionEvent.Lost.class).error().code()).isEqualTo("08006");
  }
}
