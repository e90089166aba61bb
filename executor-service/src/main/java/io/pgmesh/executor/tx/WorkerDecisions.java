package io.pgmesh.executor.tx;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.executor.worker.Address;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.ConnectionPools;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Frames;
import io.pgmesh.executor.worker.Listener;
import io.pgmesh.executor.worker.RowReader;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decisions of two-phase commits that are a worker's own commit, in a table there. A row says that
 * the transaction is committed, or that recovery has rolled it back; its key is unique, so whoever
 * comes second fails or waits for the first.
 */
final class WorkerDecisions {
  private static final String SCHEMA = "pgmesh";
  private static final String KEY = "decision_pkey";

  private static final String CREATE =
      """
      BEGIN;
      SELECT pg_catalog.pg_advisory_xact_lock(1885826419, 5);
      CREATE SCHEMA IF NOT EXISTS pgmesh;
      GRANT USAGE ON SCHEMA pgmesh TO PUBLIC;
      CREATE TABLE IF NOT EXISTS pgmesh.decision (
        id uuid CONSTRAINT decision_pkey PRIMARY KEY,
        committed boolean NOT NULL DEFAULT true,
        flushed text,
        made timestamptz NOT NULL DEFAULT pg_catalog.now()
      );
      GRANT INSERT (id, flushed) ON pgmesh.decision TO PUBLIC;
      COMMIT""";

  /** Other workers' parts are flushed in any case, so the decision has to be. */
  private static final String RECORD =
      "INSERT INTO pgmesh.decision (id, flushed) VALUES ($1::pg_catalog.uuid,"
          + " CASE pg_catalog.current_setting('synchronous_commit') WHEN 'off'"
          + " THEN pg_catalog.set_config('synchronous_commit', 'local', true) END)";

  private static final String UNIQUE_VIOLATION = "23505";
  private static final String NO_STATEMENT = "26000";

  /** No table, schema or column as they should be, or no right to use them. */
  private static final Set<String> NOT_READY = Set.of("42P01", "3F000", "42703", "42501");

  private final ConnectionPools pools;
  private final Set<Address> ready = new HashSet<>(); // servers that have the table
  private Map<Integer, Address> servers = Map.of();
  private final Map<Address, FinishedIds> finished = new HashMap<>();

  WorkerDecisions(ConnectionPools pools) {
    this.pools = pools;
  }

  /** The mesh's servers by group, as of the newest catalog. */
  void servers(Map<Integer, Address> known) {
    servers = Map.copyOf(known);
    ready.retainAll(servers.values());
    finished.keySet().retainAll(servers.values());
  }

  /** Makes the table where this executor has not seen it. */
  Future<Void> prepare(BackendConnection server) {
    return ready.contains(server.address())
        ? Future.succeededFuture()
        : RowReader.simple(server, CREATE)
            .onSuccess(done -> ready.add(server.address()))
            .mapEmpty();
  }

  /** The group, as of now, of a server that can decide. */
  Optional<Integer> group(Participant writer) {
    Address address = writer.address();
    return ready.contains(address)
        ? servers.entrySet().stream()
            .filter(server -> server.getValue().equals(address))
            .map(Map.Entry::getKey)
            .findFirst()
        : Optional.empty();
  }

  /**
   * Makes the commit of a worker's part that of the transaction of this id. From here on recovery
   * waits for that part's end.
   */
  Future<Void> record(Participant decider, String id, Listener listener) {
    BackendConnection connection = decider.connection();
    var statements = connection.statements();
    var batch = statements.begin();
    var frames = new Frames();
    byte[] text = id.getBytes(StandardCharsets.UTF_8);
    statements.bind(
        frames, batch, RECORD, new Arguments(List.of(), List.of(), List.of(text), List.of()));
    Flight flight = Flight.extended(connection, frames.execute("", 0), listener);
    return flight
        .future()
        .onComplete(done -> statements.end(batch, flight.parsed()))
        .<Void>mapEmpty()
        .recover(cause -> refused(decider, SqlError.from(cause)));
  }

  /** The client can try again, and another way where this one is not to be had. */
  private <T> Future<T> refused(Participant decider, SqlError cause) {
    if (isKey(cause.fields())) {
      return rolledBack("its commit took too long");
    }
    BackendConnection connection = decider.connection();
    if (mayBeNotReady(connection, cause) || cause.code().equals(NO_STATEMENT)) {
      connection.statements().renew();
      return rolledBack(
          "server %s could not record it: %s"
              .formatted(decider.address(), cause.fields().message()));
    }
    return Future.failedFuture(cause);
  }

  /** Another server by now, or one that was emptied: the table is made again. */
  private boolean mayBeNotReady(BackendConnection server, SqlError cause) {
    boolean notReady = NOT_READY.contains(cause.code());
    if (notReady) {
      ready.remove(server.address());
    }
    return notReady;
  }

  private static boolean isKey(ErrorFields error) {
    return error.code().equals(UNIQUE_VIOLATION)
        && SCHEMA.equals(error.get(ErrorFields.SCHEMA))
        && KEY.equals(error.get(ErrorFields.CONSTRAINT));
  }

  private static <T> Future<T> rolledBack(String why) {
    return Future.failedFuture(
        new SqlError(
            SqlState.SERIALIZATION_FAILURE, "the transaction was rolled back because " + why));
  }

  /** All parts are committed: the row has done its work, and goes with those of others. */
  void forget(Participant decider, String id) {
    finished
        .computeIfAbsent(
            decider.address(), server -> new FinishedIds(pools.vertx(), ids -> forget(server, ids)))
        .add(List.of(id));
  }

  /** Ids that a server has decided to commit, so many at most. */
  Future<List<String>> decided(BackendConnection server) {
    return RowReader.simple(
            server,
            "SELECT pg_catalog.replace(id::text, '-', '') FROM pgmesh.decision"
                + " WHERE committed LIMIT "
                + DecisionLog.DECIDED_MAX)
        .onFailure(cause -> mayBeNotReady(server, SqlError.from(cause)))
        .map(rows -> rows.stream().map(List::getFirst).toList());
  }

  /** Decisions whose parts are finished. */
  Future<Void> forget(Address server, List<String> ids) {
    String list = ids.stream().map(SettingTexts::literal).collect(Collectors.joining(", "));
    return pools
        .asMesh(server, "DELETE FROM pgmesh.decision WHERE id IN (" + list + ")")
        .mapEmpty();
  }

  /** What recovery wrote, when every transaction that it may have met is over. */
  Future<Void> forgetOld(Address server) {
    return pools
        .asMesh(
            server,
            "DELETE FROM pgmesh.decision d WHERE NOT d.committed"
                + " AND d.made < pg_catalog.now() - interval '1 hour' AND NOT EXISTS (SELECT FROM"
                + " pg_catalog.pg_stat_activity a WHERE a.backend_type = 'client backend'"
                + " AND a.pid <> pg_catalog.pg_backend_pid()"
                + " AND (a.xact_start <= d.made OR a.state IS NULL))")
        .mapEmpty();
  }

  /** Whether the group has a server that can be asked. */
  boolean knows(int group) {
    return servers.containsKey(group);
  }

  /**
   * Whether a transaction is committed. One whose decider has recorded nothing never will: it is
   * rolled back from now on. Fails while the decider is between its record and its end, so that
   * others need not wait for it.
   *
   * @param group that is known
   */
  Future<Boolean> settle(int group, String id) {
    String row = SettingTexts.literal(id);
    return pools
        .asMesh(
            servers.get(group),
            "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = '200ms';"
                + " INSERT INTO pgmesh.decision (id, committed) VALUES ("
                + row
                + ", false) ON CONFLICT DO NOTHING;"
                + " SELECT committed FROM pgmesh.decision WHERE id = "
                + row
                + "; COMMIT")
        .map(rows -> rows.getFirst().getFirst().equals("t"));
  }
}
