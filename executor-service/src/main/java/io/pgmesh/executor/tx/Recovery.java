package io.pgmesh.executor.tx;

import io.pgmesh.executor.worker.Address;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.RowReader;
import io.vertx.core.CompositeFuture;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
   * A worker records a decision while others prepare, and its record may be the later one: recovery
   * would roll such a transaction back, so it leaves young parts alone.
   */
  private static final String MAY_BE_RUNNING = "3 seconds";

  /** What is only about room need not be done by every executor all the time. */
  private static final int PASSES_UNTIL_OLD = 100;

  /** What a server has: prepared parts, and decisions that were there before. */
  private record Found(Address server, List<String> prepared, List<String> decided) {}

  private record Prepared(String gid, boolean old) {}

  private final DecisionLog decisions;
  private Map<String, Address> servers = Map.of();
  private final Set<String> orphans = new HashSet<>(); // parts whose decider is no node: told once
  private long passes;

  public Recovery(DecisionLog decisions) {
    this.decisions = decisions;
  }

  /**
   * The catalog has changed.
   *
   * @param known all servers by {@link #name}
   */
  public void servers(Map<String, Address> known) {
    servers = Map.copyOf(known);
    decisions.onWorkers().servers(byGroup(known));
  }

  /**
   * Looks at every server once; one that is down is looked at next time. Decisions are read before
   * the list of nodes and before parts: a part of one of them is on a node of that list, also when
   * the node was added a moment ago.
   */
  public Future<Void> run() {
    Map<String, Address> known = servers;
    List<Address> addresses = known.values().stream().distinct().toList();
    if (addresses.isEmpty()) {
      return Future.succeededFuture(); // no catalog has come yet
    }
    return decisions
        .decided()
        .otherwise(List.of()) // without its database the others' parts can be finished still
        .compose(
            decided ->
                lookAt(addresses, this::decidedOn)
                    .compose(before -> recoverAll(known.keySet(), decided, before)))
        .otherwiseEmpty();
  }

  private Future<Void> recoverAll(Set<String> known, List<String> decided, List<Found> before) {
    Future<Set<String>> nodes = decisions.servers();
    return lookAt(before, this::recover)
        .compose(
            found ->
                nodes.compose(
                    all ->
                        known.containsAll(all)
                            ? forgetFinished(decided, found)
                            : Future.succeededFuture()));
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
    orphans.retainAll(found.stream().flatMap(server -> server.prepared.stream()).toList());
    for (Found onServer : found) {
      finished.removeAll(onServer.prepared);
      onServer.prepared.forEach(gid -> PreparedTransaction.idOf(gid).ifPresent(running::add));
    }
    boolean oldToo = passes++ % PASSES_UNTIL_OLD == 0;
    for (Found onServer : found) {
      List<String> done = onServer.decided.stream().filter(id -> !running.contains(id)).toList();
      if (!done.isEmpty()) {
        decisions.onWorkers().forget(onServer.server, done);
      }
      if (oldToo) {
        decisions.onWorkers().forgetOld(onServer.server);
      }
    }
    return finished.isEmpty() ? Future.succeededFuture() : decisions.forget(finished);
  }

  private Future<Found> decidedOn(Address server) {
    var onWorkers = decisions.onWorkers();
    return decisions
        .pools()
        .asMesh(
            server,
            connection ->
                onWorkers.prepare(connection).compose(ready -> onWorkers.decided(connection)))
        .otherwise(List.of()) // one that is down is known by the next question
        .map(decided -> new Found(server, List.of(), decided));
  }

  private Future<Found> recover(Found before) {
    return decisions
        .pools()
        .asMesh(
            before.server,
            connection ->
                preparedOn(connection)
                    .compose(
                        parts ->
                            finishAll(connection, parts)
                                .map(new Found(before.server, gids(parts), before.decided))));
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

  /** One part after the other, but none waits for a decider that is not its own. */
  private Future<Void> finishAll(BackendConnection worker, List<Prepared> parts) {
    var chains = new HashMap<Optional<Integer>, Future<Void>>();
    for (Prepared part : parts) {
      Optional<String> id = PreparedTransaction.idOf(part.gid);
      if (id.isPresent()) {
        chains.compute(
            PreparedTransaction.deciderOf(part.gid),
            (decider, before) ->
                (before == null ? Future.<Void>succeededFuture() : before)
                    .compose(done -> finish(worker, part, id.get(), decider))
                    .otherwiseEmpty());
      }
    }
    return Future.join(List.copyOf(chains.values())).mapEmpty();
  }

  private Future<Void> finish(
      BackendConnection worker, Prepared part, String id, Optional<Integer> decider) {
    if (decider.isEmpty()) {
      return decided(id, part.gid)
          .compose(
              decision ->
                  decision
                      .map(commit -> finish(worker, part.gid, commit))
                      .orElseGet(Future::succeededFuture));
    }
    if (!part.old) {
      return Future.succeededFuture();
    }
    if (!decisions.onWorkers().knows(decider.get())) {
      tellOrphan(worker, part.gid, decider.get());
      return Future.succeededFuture();
    }
    return decisions
        .onWorkers()
        .settle(decider.get(), id)
        .compose(commit -> finish(worker, part.gid, commit));
  }

  /** Nobody but an operator can know what has become of it. */
  private void tellOrphan(BackendConnection worker, String gid, int decider) {
    if (orphans.add(gid)) {
      LOG.warn(
          "Recovery: prepared transaction {} on {} stays in doubt: group {}, which decides it, is no"
              + " node any more",
          gid,
          worker.address(),
          decider);
    }
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
