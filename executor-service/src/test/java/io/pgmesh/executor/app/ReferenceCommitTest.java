package io.pgmesh.executor.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.contracts.api.MetadataApi;
import io.pgmesh.contracts.api.ReplicationApi;
import io.pgmesh.contracts.api.ReplicationApi.Applied;
import io.pgmesh.contracts.api.ReplicationApi.AwaitApplied;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.MessageConsumer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A commit that has changed a reference table, by what the replication service answers. */
class ReferenceCommitTest {
  private static final long EPOCH_WITHOUT_REPLICAS = 7;

  private static TestMesh mesh;
  private final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();
  private Optional<MessageConsumer<AwaitApplied>> service = Optional.empty();
  private TestSession session;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    mesh = TestMesh.start(folder);
    mesh.sql(0, "CREATE TABLE rates (id int PRIMARY KEY)");
    mesh.sql(0, "CREATE TABLE pgmesh.replica (groupid int, state text, last_error text)");
    mesh.sql( // as the replication service has it
        0,
        """
        CREATE FUNCTION pgmesh.fence_replicas(worker_groups integer[], reason text)
        RETURNS integer[] LANGUAGE sql AS $$
          WITH fenced AS (
            UPDATE pgmesh.replica SET state = 'stale', last_error = reason
            WHERE worker_groups IS NULL OR groupid = ANY (worker_groups) RETURNING groupid)
          SELECT array_agg(groupid) FROM fenced
        $$""");
    var fenced = new CatalogSnapshot(EPOCH_WITHOUT_REPLICAS, List.of(), List.of());
    TestMesh.await(
        MetadataApi.REFRESH.serve(mesh.vertx(), request -> Future.succeededFuture(fenced)));
  }

  @AfterAll
  static void stop() throws Exception {
    mesh.close();
  }

  @BeforeEach
  void open() throws Exception {
    mesh.sql(0, "TRUNCATE rates, pgmesh.replica");
    mesh.sql(0, "INSERT INTO pgmesh.replica VALUES (1, 'live', ''), (2, 'live', '')");
    session = mesh.session();
  }

  @AfterEach
  void close() throws Exception {
    session.close();
    if (service.isPresent()) {
      TestMesh.await(service.get().unregister());
    }
  }

  @Test
  void a_service_that_is_not_there_gets_all_replicas_fenced_before_the_client_hears()
      throws Exception {
    assertFenced(commit());
  }

  @Test
  void a_service_that_fails_gets_all_replicas_fenced() throws Exception {
    var error = new SqlError(SqlState.CANNOT_CONNECT_NOW, "no longer the active one");
    serve(question -> Future.failedFuture(error));
    assertFenced(commit());
    assertThat(asked).hasSize(1);
  }

  @Test
  void a_service_that_dies_with_the_question_gets_all_replicas_fenced_soon() throws Exception {
    serve(
        question -> {
          service.orElseThrow().unregister();
          return Promise.<Applied>promise().future();
        });
    assertFenced(commit());
    assertThat(asked).hasSize(1);
  }

  @Test
  void a_service_that_answers_late_is_asked_again_and_nothing_is_fenced() throws Exception {
    var late = new Applied(List.of(), 3);
    serve(
        question ->
            asked.size() == 1 ? Promise.<Applied>promise().future() : Future.succeededFuture(late));
    var answer = commit();
    assertThat(answer.tag()).isEqualTo("COMMIT");
    assertThat(answer.state().epoch()).isEqualTo(3);
    assertThat(asked).hasSize(2).containsOnly(asked.peek());
    assertThat(mesh.value(0, "SELECT count(*) FROM pgmesh.replica WHERE state = 'live'"))
        .isEqualTo("2");
  }

  @Test
  void a_transaction_that_changed_no_reference_table_asks_nobody() throws Exception {
    serve(question -> Future.failedFuture("not to be asked"));
    session.begin();
    session.write("INSERT INTO rates VALUES (1)");
    assertThat(session.commit().state().epoch()).isZero();
    assertThat(asked).isEmpty();
  }

  /** With what the triggers of a reference table do. */
  private TestSession.Answer commit() {
    session.begin();
    session.write("INSERT INTO rates VALUES (1)");
    session.read("SELECT set_config('pgmesh.change_xid', pg_current_xact_id()::text, true)");
    return session.commit();
  }

  private static void assertFenced(TestSession.Answer answer) throws Exception {
    assertThat(answer.tag()).isEqualTo("COMMIT");
    assertThat(answer.state().epoch()).isEqualTo(EPOCH_WITHOUT_REPLICAS);
    assertThat(mesh.value(0, "SELECT count(*) FROM rates")).isEqualTo("1");
    assertThat(
            mesh.value(
                0,
                "SELECT string_agg(DISTINCT state || ': ' || last_error, ',') FROM pgmesh.replica"))
        .isEqualTo("stale: the replication service does not answer");
  }

  private void serve(Function<AwaitApplied, Future<Applied>> handler) throws Exception {
    service =
        Optional.of(
            TestMesh.await(
                ReplicationApi.AWAIT_APPLIED.serve(
                    mesh.vertx(),
                    question -> {
                      asked.add(question.xid());
                      return handler.apply(question);
                    })));
  }
}
