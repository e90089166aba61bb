package io.pgmesh.executor.tx;

import io.pgmesh.executor.worker.Address;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.ConnectionPools;
import io.pgmesh.executor.worker.RowReader;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finishes prepared transactions that a crash left. For each one found on a worker: its
 * transaction's lock in the coordinator database must be free, else it is still running; then a
 * decision row means commit and none means roll back. Any executor may do it, at any time.
 */
public final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

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
    return decisions
        .decided()
        .compose(
            decided ->
                Future.join(addresses.stream().map(this::recover).toList())
                    .compose(
                        found ->
                            servers.keySet().containsAll(decided.servers())
                                ? forgetFinished(decided.parts(), found.list())
                                : Future.succeededFuture()))
        .otherwiseEmpty();
  }

  /** What tells a server from others, also from one that its group had before. */
  public static String name(int group, String host, int port) {
    return group + "@" + host + ":" + port;
  }

  /**
   * A decision that was there before all servers answered, and of which none had a part any more,
   * has done its work: whoever made it died before forgetting it.
   */
  private Future<Void> forgetFinished(List<String> decided, List<List<String>> prepared) {
    List<String> finished = new ArrayList<>(decided);
    prepared.forEach(finished::removeAll);
    return finished.isEmpty() ? Future.succeededFuture() : decisions.forget(finished);
  }

  /** The parts that were found. */
  private Future<List<String>> recover(Address worker) {
    return pools
        .acquireOwn(worker)
        .compose(
            connection ->
                preparedOn(connection)
                    .compose(gids -> finishAll(connection, gids).map(gids))
                    .eventually(
                        () -> {
                          pools.release(connection);
                          return Future.succeededFuture();
                        }));
  }

  private static Future<List<String>> preparedOn(BackendConnection connection) {
    return RowReader.query(
            connection,
            "SELECT gid FROM pg_catalog.pg_prepared_xacts"
                + " WHERE gid LIKE 'pgmesh\\_%' AND database = pg_catalog.current_database()")
        .map(rows -> rows.stream().map(List::getFirst).toList());
  }

  private Future<Void> finishAll(BackendConnection worker, List<String> gids) {
    Future<Void> chain = Future.succeededFuture();
    for (String gid : gids) {
      Optional<String> id = PreparedTransaction.idOf(gid);
      if (id.isPresent()) {
        chain = chain.compose(done -> finish(worker, gid, id.get()).otherwiseEmpty());
      }
    }
    return chain;
  }

  private Future<Void> finish(BackendConnection worker, String gid, String id) {
    return decided(id, gid)
        .compose(
            decision ->
                decision
                    .map(commit -> finish(worker, gid, commit))
                    .orElseGet(Future::succeededFuture));
  }

  private Future<Void> finish(BackendConnection worker, String gid, boolean commit) {
    String verb = commit ? "COMMIT" : "ROLLBACK";
    LOG.info("Recovery: {} PREPARED {} on {}", verb, gid, worker.address());
    return RowReader.simple(worker, verb + " PREPARED '" + gid + "'")
        .compose(done -> commit ? decisions.forget(List.of(gid)) : Future.succeededFuture())
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
