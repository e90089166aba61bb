package io.pgmesh.executor.tx;

import io.pgmesh.executor.worker.Address;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.ConnectionPools;
import io.pgmesh.executor.worker.RowReader;
import io.vertx.core.CompositeFuture;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finishes prepared transactions that a crash left. For each one found on a worker whose decider is
 * the coordinator database: its transaction's lock there must be free, else it is still running;
 * then a decision row means commit and none means roll back. Where another worker decides, a row
 * there means commit, and none makes recovery write one that forbids it. Any executor may do it, at
 * any time.
 */
public final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  /**
   * Recovery could roll back a transaction that is just being decided, so it leaves young ones
   * alone: older than this the coordinator's are found by their lock all the same.
   */
  private static final String MAY_BE_RUNNING = "3 seconds";

  /** What a server has: prepared parts, and decisions that were there before. */
  private record Found(Address server, List<String> prepared, List<String> decided) {}

  private record Prepared(String gid, boolean old) {}

  private final ConnectionPools pools;
  private final DecisionLog decisions;

  public Recovery(ConnectionPools pools, DecisionLog decisions) {
    this.pools = pools;
    this.decisions = decisions;
  }

  /**
   * Looks at every server once; one that is down is looked at next time.
   *
   * @param servers by {@link #name}, as far as they are known
   */
  public Future<Void> run(Map<String, Address> servers) {
    List<Address> addresses = servers.values().stream().distinct().toList();
    decisions.onWorkers().servers(byGroup(servers));
    return decisions
        .decided()
        .compose(
            decided ->
                lookAt(addresses, this::decidedOn)
                    .compose(before -> lookAt(before, this::recover))
                    .compose(
                        found ->
                            servers.keySet().containsAll(decided.servers())
                                ? forgetFinished(decided.parts(), found)
                                : Future.succeededFuture()))
        .otherwiseEmpty();
  }

  /** Fails at the end where one server has not answered. */
  private static <T, R> Future<List<R>> lookAt(List<T> all, Function<T, Future<R>> look) {
    return Future.join(all.stream().map(look).toList()).map(CompositeFuture::list);
  }

  /** What tells a server from others, also from one that its group had before. */
  public static String name(int group, String host, int port) {
    return group + "@" + host + ":" + port;
  }

  private static Map<Integer, Address> byGroup(Map<String, Address> servers) {
    return servers.entrySet().stream()
        .collect(
            Collectors.toMap(
                server -> Integer.valueOf(server.getKey().split("@", 2)[0]),
                Map.Entry::getValue,
                (one, other) -> one));
  }

  /**
   * A decision that was there before all servers answered, and of which none had a part any more,
   * has done its work: whoever made it died before forgetting it.
   */
  private Future<Void> forgetFinished(List<String> decided, List<Found> found) {
    List<String> finished = new ArrayList<>(decided);
    var running = new HashSet<String>();
    for (Found onServer : found) {
      finished.removeAll(onServer.prepared);
      onServer.prepared.forEach(gid -> PreparedTransaction.idOf(gid).ifPresent(running::add));
    }
    for (Found onServer : found) {
      List<String> done = onServer.decided.stream().filter(id -> !running.contains(id)).toList();
      decisions.onWorkers().clean(onServer.server, done);
    }
    return finished.isEmpty() ? Future.succeededFuture() : decisions.forget(finished);
  }

  private Future<Found> decidedOn(Address server) {
    var onWorkers = decisions.onWorkers();
    return pools
        .acquireOwn(server)
        .compose(
            connection ->
                onWorkers
                    .prepare(connection)
                    .compose(ready -> onWorkers.decided(connection))
                    .onComplete(done -> pools.release(connection)))
        .otherwise(List.of()) // one that is down is known by the next question
        .map(decided -> new Found(server, List.of(), decided));
  }

  private Future<Found> recover(Found before) {
    return pools
        .acquireOwn(before.server)
        .compose(
            connection ->
                preparedOn(connection)
                    .compose(
                        parts ->
                            finishAll(connection, parts)
                                .map(new Found(before.server, gids(parts), before.decided)))
                    .eventually(
                        () -> {
                          pools.release(connection);
                          return Future.succeededFuture();
                        }));
  }

  private static Future<List<Prepared>> preparedOn(BackendConnection connection) {
    return RowReader.query(
            connection,
            "SELECT gid, prepared < pg_catalog.clock_timestamp() - interval '"
                + MAY_BE_RUNNING
                + "' FROM pg_catalog.pg_prepared_xacts"
                + " WHERE gid LIKE 'pgmesh\\_%' AND database = pg_catalog.current_database()")
        .map(
            rows ->
                rows.stream()
                    .map(row -> new Prepared(row.get(0), row.get(1).equals("t")))
                    .toList());
  }

  private static List<String> gids(List<Prepared> parts) {
    return parts.stream().map(Prepared::gid).toList();
  }

  private Future<Void> finishAll(BackendConnection worker, List<Prepared> parts) {
    Future<Void> chain = Future.succeededFuture();
    for (Prepared part : parts) {
      Optional<String> id = PreparedTransaction.idOf(part.gid);
      if (id.isPresent()) {
        chain = chain.compose(done -> finish(worker, part, id.get()).otherwiseEmpty());
      }
    }
    return chain;
  }

  private Future<Void> finish(BackendConnection worker, Prepared part, String id) {
    Optional<Integer> decider = PreparedTransaction.deciderOf(part.gid);
    return decider.isPresent()
        ? part.old
            ? finish(worker, part.gid, decisions.onWorkers().settle(decider.get(), id))
            : Future.succeededFuture()
        : finish(worker, part.gid, decided(id, part.gid));
  }

  private Future<Void> finish(
      BackendConnection worker, String gid, Future<Optional<Boolean>> decided) {
    return decided.compose(
        decision ->
            decision.map(commit -> finish(worker, gid, commit)).orElseGet(Future::succeededFuture));
  }

  private Future<Void> finish(BackendConnection worker, String gid, boolean commit) {
    String verb = commit ? "COMMIT" : "ROLLBACK";
    LOG.info("Recovery: {} PREPARED {} on {}", verb, gid, worker.address());
    return RowReader.simple(worker, verb + " PREPARED '" + gid + "'")
        .compose(
            done ->
                commit && PreparedTransaction.deciderOf(gid).isEmpty()
                    ? decisions.forget(List.of(gid))
                    : Future.succeededFuture())
        .mapEmpty();
  }

  /** Whether to commit; empty while the transaction may still be running. */
  private Future<Optional<Boolean>> decided(String id, String gid) {
    var statements = new ArrayList<String>();
    statements.add("SELECT pg_catalog.pg_try_advisory_xact_lock(" + DecisionLog.lockKey(id) + ")");
    statements.add("SELECT count(*) FROM " + decisions.table() + " WHERE gid = '" + gid + "'");
    // a transaction block of its own: the lock is tried first, and the second statement's snapshot
    // is taken after that
    return decisions
        .asMesh(
            "BEGIN ISOLATION LEVEL READ COMMITTED; " + String.join("; ", statements) + "; COMMIT")
        .map(
            rows ->
                rows.getFirst().getFirst().equals("t")
                    ? Optional.of(!rows.get(1).getFirst().equals("0"))
                    : Optional.empty());
  }
}
