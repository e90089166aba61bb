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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Decisions of two-phase commits that are a worker's own commit, in a table there. A row says that
 * the transaction is committed, or that recovery has rolled it back; its key is unique, so whoever
 * comes second fails or waits for the first.
 */
final class WorkerDecisions {
  private static final String TABLE = "pgmesh.decision";

  /** Constraint names are the table's, with what PostgreSQL adds. */
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

  private static final int FORGET_MILLIS = 200;
  private static final int FORGET_ROWS = 1000;
  private static final int DECIDED_MAX = 10_000;

  private final ConnectionPools pools;
  private final Map<Address, Integer> groups = new HashMap<>(); // of servers that have the table
  private Map<Integer, Address> servers = Map.of();
  private final Map<Address, List<String>> finished = new HashMap<>();

  WorkerDecisions(ConnectionPools pools) {
    this.pools = pools;
  }

  /** The mesh's servers by group, as of the newest catalog. */
  void servers(Map<Integer, Address> known) {
    servers = Map.copyOf(known);
    groups.keySet().retainAll(servers.values());
  }

  /** Makes the table where this executor has not seen it. */
  Future<Void> prepare(BackendConnection server) {
    Address address = server.address();
    return groups.containsKey(address)
        ? Future.succeededFuture()
        : RowReader.simple(server, CREATE)
            .onSuccess(
                done ->
                    servers.forEach(
                        (group, known) -> {
                          if (known.equals(address)) {
                            groups.put(address, group);
                          }
                        }))
            .mapEmpty();
  }

  /** The group of a server that can decide. */
  Optional<Integer> group(Participant writer) {
    return Optional.ofNullable(groups.get(writer.address()));
  }

  /** Commits a worker's part and with it the transaction of this id. */
  Future<Flight.Outcome> commit(Participant decider, String id, Listener listener) {
    BackendConnection connection = decider.connection();
    var statements = connection.statements();
    var batch = statements.begin();
    var frames = new Frames();
    byte[] text = id.getBytes(StandardCharsets.UTF_8);
    statements.bind(
        frames, batch, RECORD, new Arguments(List.of(), List.of(), List.of(text), List.of()));
    frames.execute("", 0).run("COMMIT", Arguments.NONE);
    Flight flight = Flight.extended(connection, frames, listener);
    return decider
        .naming(flight.future())
        .onComplete(done -> statements.end(batch, flight.parsed()))
        .recover(cause -> refused(decider, SqlError.from(cause)));
  }

  private <T> Future<T> refused(Participant decider, SqlError cause) {
    if (KEY.equals(cause.fields().get(ErrorFields.CONSTRAINT))) {
      return Future.failedFuture(
          new SqlError(
              SqlState.SERIALIZATION_FAILURE,
              "the transaction was rolled back because its commit took too long"));
    }
    String code = cause.fields().code();
    if (code.equals("42P01") || code.equals("3F000") || code.equals("26000")) {
      groups.remove(decider.address()); // another server by now, or one that was emptied
      decider.connection().statements().renew();
    }
    return Future.failedFuture(cause);
  }

  /** All parts are committed: the row has done its work, and goes with those of others. */
  void forget(Participant decider, String id) {
    List<String> ids = finished.computeIfAbsent(decider.address(), server -> new ArrayList<>());
    if (ids.isEmpty()) {
      pools.vertx().setTimer(FORGET_MILLIS, timer -> forgetFinished(decider.address()));
    }
    ids.add(id);
    if (ids.size() >= FORGET_ROWS) {
      forgetFinished(decider.address());
    }
  }

  private void forgetFinished(Address server) {
    List<String> ids = finished.remove(server);
    if (ids != null && !ids.isEmpty()) {
      asMesh(server, delete(ids)); // rows of transactions that are finished do no harm
    }
  }

  /** Ids that a server has decided to commit, so many at most. */
  Future<List<String>> decided(BackendConnection server) {
    return RowReader.simple(
            server,
            "SELECT pg_catalog.replace(id::text, '-', '') FROM "
                + TABLE
                + " WHERE committed LIMIT "
                + DECIDED_MAX)
        .map(rows -> rows.stream().map(List::getFirst).toList());
  }

  /**
   * Rows that nobody needs any more: decisions whose parts are finished, and what recovery wrote
   * when every transaction that it may have met is over.
   */
  Future<Void> clean(Address server, List<String> ids) {
    String old =
        "DELETE FROM pgmesh.decision d WHERE NOT d.committed"
            + " AND d.made < pg_catalog.now() - interval '1 hour' AND NOT EXISTS (SELECT FROM"
            + " pg_catalog.pg_stat_activity a WHERE a.backend_type = 'client backend'"
            + " AND a.pid <> pg_catalog.pg_backend_pid()"
            + " AND (a.xact_start <= d.made OR a.state IS NULL))";
    return asMesh(server, ids.isEmpty() ? old : delete(ids) + "; " + old).mapEmpty();
  }

  private static String delete(List<String> ids) {
    return ids.stream()
        .map(SettingTexts::literal)
        .collect(Collectors.joining(", ", "DELETE FROM pgmesh.decision WHERE id IN (", ")"));
  }

  /**
   * Whether a transaction is committed. One whose decider has not decided yet never will: it is
   * rolled back from now on. Empty when the decider's server is not in the catalog.
   */
  Future<Optional<Boolean>> settle(int group, String id) {
    Address decider = servers.get(group);
    String row = SettingTexts.literal(id);
    return decider == null
        ? Future.succeededFuture(Optional.empty())
        : asMesh(
                decider,
                "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = '2s';"
                    + " INSERT INTO pgmesh.decision (id, committed) VALUES ("
                    + row
                    + ", false) ON CONFLICT DO NOTHING;"
                    + " SELECT committed FROM pgmesh.decision WHERE id = "
                    + row
                    + "; COMMIT")
            .map(rows -> Optional.of(rows.getFirst().getFirst().equals("t")));
  }

  private Future<List<List<String>>> asMesh(Address server, String sql) {
    return pools
        .acquireOwn(server)
        .compose(
            connection ->
                RowReader.simple(connection, sql).onComplete(done -> pools.release(connection)));
  }
}
