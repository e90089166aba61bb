package io.pgmesh.contracts.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.contracts.api.ExecutorApi;
import io.pgmesh.contracts.api.MetadataApi;
import io.pgmesh.contracts.api.ReplicationApi;
import io.pgmesh.contracts.api.RouterApi;
import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.catalog.Column;
import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.Node;
import io.pgmesh.contracts.catalog.Shard;
import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.CopyFormat;
import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.RowLocks;
import io.pgmesh.contracts.plan.Server;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.contracts.replica.ReplicaChanges;
import io.pgmesh.contracts.replica.RowChange;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BusCodecsTest {
  private static final byte[] ALL_BYTES = allBytes();
  private static Vertx vertx;

  @BeforeAll
  static void register() {
    vertx = Vertx.vertx();
    BusCodecs.register(vertx);
  }

  @AfterAll
  static void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void a_record_survives_the_wire(Object sample) {
    Buffer first = onTheWire(sample);
    Object decoded = fromTheWire(sample.getClass(), first);
    assertThat(decoded).usingRecursiveComparison().isEqualTo(sample);
    assertThat(onTheWire(decoded)).isEqualTo(first);
  }

  @Test
  void every_type_that_travels_has_a_sample() {
    var sampled = new LinkedHashSet<Class<?>>();
    samples().forEach(sample -> sampled.add(sample.getClass()));
    assertThat(sampled).containsExactlyInAnyOrderElementsOf(BusCodecs.types());
  }

  @Test
  void every_plan_and_gather_has_a_sample() {
    var sampled = new LinkedHashSet<Class<?>>();
    plans().forEach(plan -> sampled.add(plan.getClass()));
    assertThat(sampled)
        .containsExactlyInAnyOrderElementsOf(
            List.<Class<?>>of(Plan.class.getPermittedSubclasses()));
  }

  @Test
  void an_error_keeps_all_its_fields() {
    var error =
        new SqlError(
            ErrorFields.error(SqlState.UNDEFINED_TABLE, "no \"é\"")
                .with(ErrorFields.POSITION, "15")
                .with(ErrorFields.HINT, "a\nb"));
    var codec = new SqlErrorCodec();
    Buffer wire = Buffer.buffer();
    codec.encodeToWire(wire, error);
    assertThat(codec.decodeFromWire(0, wire).fields()).isEqualTo(error.fields());
  }

  @Test
  void an_endpoint_answers_and_fails_with_the_state_of_the_handler() {
    MetadataApi.REFRESH
        .serve(
            vertx,
            refresh ->
                io.vertx.core.Future.failedFuture(
                    new SqlError(SqlState.INSUFFICIENT_PRIVILEGE, "not you")))
        .toCompletionStage()
        .toCompletableFuture()
        .join();
    Throwable failure =
        MetadataApi.REFRESH
            .ask(vertx, new MetadataApi.Refresh())
            .map(answer -> new Throwable("answered"))
            .otherwise(cause -> cause)
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    assertThat(failure).isInstanceOf(SqlError.class).hasMessage("not you");
    assertThat(((SqlError) failure).code()).isEqualTo("42501");
  }

  @Test
  void an_endpoint_that_nobody_serves_cannot_be_connected_now() {
    Throwable failure =
        MetadataApi.CATALOG
            .ask(vertx, new MetadataApi.GetCatalog())
            .map(answer -> new Throwable("answered"))
            .otherwise(cause -> cause)
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    assertThat(((SqlError) failure).code()).isEqualTo("57P03");
  }

  static Stream<Object> samples() {
    var samples = new ArrayList<Object>();
    var state = new SessionEvent.State('T', true, true, true, 7);
    var bytes = Buffer.buffer(ALL_BYTES);
    var error = ErrorFields.error(SqlState.SYNTAX_ERROR, "bad");
    plans()
        .forEach(plan -> samples.add(new SessionCommand.Execute(1, 2, plan, arguments(), 3, true)));
    samples.addAll(
        List.of(
            new SessionCommand.Resume(1, 2, 3),
            new SessionCommand.CloseStatement(1, 2),
            new SessionCommand.Credit(1, 4),
            new SessionCommand.CopyData(1, bytes),
            new SessionCommand.CopyDone(1),
            new SessionCommand.CopyFail(1, "why"),
            new SessionCommand.Inspect(
                1, 2, "select 1", List.of(23L), List.of("a.b"), List.of("f"), false),
            new SessionCommand.Hash(1, 2, "numeric", List.of("1.5")),
            new SessionCommand.LoadCatalog(1, 2),
            new SessionCommand.Cancel(1),
            new SessionCommand.Close(1),
            new SessionEvent.RowDescription(1, 2, bytes),
            new SessionEvent.Rows(1, 2, bytes),
            new SessionEvent.CopyInReady(1, 2, bytes),
            new SessionEvent.CopyCredit(1, 2),
            new SessionEvent.CopyOutReady(1, 2, bytes),
            new SessionEvent.Completed(1, 2, "SELECT 1", state),
            new SessionEvent.Suspended(1, 2, state),
            new SessionEvent.Failed(1, 2, error, state),
            new SessionEvent.Notice(1, error),
            new SessionEvent.ParameterChanged(1, "TimeZone", "UTC"),
            new SessionEvent.Notification(1, 2, "name", "payload"),
            new SessionEvent.Lost(1, error),
            new SessionEvent.Inspected(
                1,
                2,
                List.of(20L),
                bytes,
                List.of(new SessionEvent.Relation("t", 5, "public", "t", 'r', true)),
                true,
                false,
                List.of(
                    new SessionEvent.TypeParts(
                        7, "t", SessionEvent.TypeParts.Kind.ROW, List.of(20L, 25L)))),
            new SessionEvent.Hashed(1, 2, List.of(-1)),
            new SessionEvent.CatalogLoaded(1, 2, catalog()),
            catalog(),
            new MetadataApi.GetCatalog(),
            new MetadataApi.Refresh(),
            new MetadataApi.Look(),
            new ReplicationApi.AwaitApplied("748"),
            new ReplicationApi.Applied(List.of(2), 9),
            new ExecutorApi.OpenSession("alice", Map.of("TimeZone", "UTC"), "events"),
            new ExecutorApi.Opened(1, "commands", Map.of("server_version", "18.6")),
            new ExecutorApi.AttachLoopback(77, "events"),
            new ExecutorApi.FindRole("alice"),
            new RouterApi.CancelRequest(new RouterApi.SessionKey(1, 2), "taken"),
            new RouterApi.CancelTaken(new RouterApi.SessionKey(1, 2)),
            new ExecutorApi.FoundRole(true, true, "SCRAM-SHA-256$…")));
    return samples.stream();
  }

  private static List<Plan> plans() {
    var server = new Server(1, "127.0.0.1", 5433);
    var sql = new SqlText("select 1", List.of(new SqlText.Segment(0, 3, 4)));
    var task = new Task(server, sql, List.of(102008L));
    var target =
        new Plan.ShardedTarget(
            "public.t",
            23,
            "integer",
            List.of(new Plan.ShardTarget(server, 102008, Integer.MIN_VALUE, "public.t_102008")));
    var coordinator = new Plan.Coordinator(sql, Plan.Use.BLOCK, Plan.Effects.SCHEMA, "because");
    return List.of(
        coordinator,
        new Plan.Coordinator(
            sql, Plan.Use.CLIENT_BLOCK, Plan.Effects.CURSOR, "", RowLocks.SKIP_LOCKED),
        new Plan.OneShard(task, true),
        new Plan.Timed(new Plan.OneShard(task, false), true),
        new Plan.Scatter(List.of(task), new Gather.Combine(SqlText.made("select 1"), sql), false),
        new Plan.Scatter(List.of(task), new Gather.Concat(), true),
        new Plan.Scatter(List.of(task), new Gather.InTurns(List.of(0, 0)), true),
        new Plan.RoutedInsert(
            coordinator,
            target,
            List.of("a"),
            0,
            new Plan.InsertTail("t", "", "x", "returning 1", Plan.Returned.SOME)),
        new Plan.CopyIn(
            target,
            List.of("a"),
            0,
            CopyFormat.CSV_DEFAULT,
            "format csv",
            true,
            List.of(new Plan.FilledColumn("id", "nextval('s')", false, true))),
        new Plan.Maintenance(
            new Plan.Scatter(List.of(task), new Gather.Concat(), Plan.Use.NO_BLOCK),
            new Plan.Coordinator(sql, Plan.Use.NO_BLOCK)),
        new Plan.Ddl(List.of(sql), List.of(task), "ALTER TABLE", List.of(5L)),
        new Plan.Explain(List.of("Tier: one shard"), Optional.of(task)),
        new Plan.Transaction(Plan.Transaction.Verb.SAVEPOINT, "s", sql),
        new Plan.Setting("timezone", Plan.Setting.Scope.LOCAL, sql),
        new Plan.Setting(
            "constraints", Plan.Setting.Scope.TRANSACTION, sql, Optional.of(List.of(task))),
        new Plan.DeclareCursor("c1", coordinator, RowLocks.NOWAIT),
        new Plan.FetchCursor("c1", 100),
        new Plan.CloseCursor("c1"),
        new Plan.Evaluation(
            List.of(23L, 16400L), SqlText.made("EXECUTE p (1, 'x')"), true, Plan.Effects.SESSION),
        new Plan.Carry(
            new ReplicaChanges(
                List.of(
                    new RowChange(
                        1, "s", "t", RowChange.Operation.UPDATE, List.of("a"), "(1)", "(2)")),
                List.of(new ReplicaChanges.Copy(1, 2)),
                List.of(1L))),
        new Plan.WorkerCalls(
            List.of(new Plan.WorkerCall(server, "select 1; select 2")), Plan.WorkerCalls.Mode.DDL));
  }

  private static Arguments arguments() {
    return new Arguments(
        List.of(17L, 25L), List.of(1, 0), Arrays.asList(ALL_BYTES, null), List.of(0));
  }

  private static CatalogSnapshot catalog() {
    var column =
        new Column("id", 1, 20, "bigint", true, Column.Fill.COORDINATOR, "nextval('s')", true);
    return new CatalogSnapshot(
        3,
        List.of(new Node(1, 0, "localhost", 5432, true, false)),
        List.of(
            new MeshTable.Distributed(
                16400,
                "public",
                "t",
                List.of(column),
                "id",
                1,
                List.of(new Shard(102008, Integer.MIN_VALUE, Integer.MAX_VALUE, List.of(1)))),
            new MeshTable.Reference(16500, "public", "r", List.of(column), 102009, List.of(1, 2))));
  }

  private static byte[] allBytes() {
    var bytes = new byte[256];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }

  @SuppressWarnings("unchecked")
  private static <T> Buffer onTheWire(T value) {
    Buffer wire = Buffer.buffer();
    new RecordCodec<>((Class<T>) value.getClass()).encodeToWire(wire, value);
    return wire;
  }

  private static <T> T fromTheWire(Class<T> type, Buffer wire) {
    return new RecordCodec<>(type).decodeFromWire(0, wire);
  }
}
