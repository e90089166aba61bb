package io.pgmesh.executor.tx;

import io.pgmesh.executor.worker.Address;
import io.pgmesh.executor.worker.ConnectionPools;
import io.pgmesh.executor.worker.Listener;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Rows in the coordinator database that say which prepared transactions are to be committed. A row
 * is written by the very transaction whose commit is the decision, which meanwhile holds an
 * advisory lock: recovery that gets the lock knows that the decision has fallen.
 */
public final class DecisionLog {
  /** The reference tables' change, when the transaction made one. */
  static final String CHANGE_XID = "SELECT pg_catalog.current_setting('pgmesh.change_xid', true)";

  /** So many are looked at together. */
  static final int DECIDED_MAX = 10_000;

  private final ConnectionPools pools;
  private final Address coordinator;
  private final String schema;
  private final String table;
  private final WorkerDecisions onWorkers;
  private final FinishedIds finished;

  /**
   * @param schema where the catalog tables are
   */
  public DecisionLog(ConnectionPools pools, Address coordinator, String schema) {
    this.pools = pools;
    this.coordinator = coordinator;
    this.schema = schema;
    this.table = schema + ".pg_dist_transaction";
    this.onWorkers = new WorkerDecisions(pools);
    this.finished = new FinishedIds(pools.vertx(), this::forget);
  }

  ConnectionPools pools() {
    return pools;
  }

  Address coordinator() {
    return coordinator;
  }

  /** Those that are not the coordinator database's. */
  WorkerDecisions onWorkers() {
    return onWorkers;
  }

  String table() {
    return table;
  }

  String catalogTable(String name) {
    return schema + "." + name;
  }

  /** The lock that a transaction holds until its decision has fallen. */
  static String lockKey(String id) {
    return "pg_catalog.hashtextextended('pgmesh transaction " + id + "', 0)";
  }

  /**
   * @param carriers groups of the workers that get changes of reference tables by their parts
   */
  Future<Void> record(Participant decider, PreparedTransaction prepared, Set<Integer> carriers) {
    String names =
        prepared.parts().stream()
            .map(part -> SettingTexts.literal(part.gid()))
            .collect(Collectors.joining(", "));
    return decider
        .control(
            "SELECT pg_catalog.pg_advisory_xact_lock("
                + lockKey(prepared.id())
                + "); SELECT pgmesh.record_decisions(ARRAY["
                + names
                + "])"
                + carried(carriers, prepared.id()),
            Listener.NONE)
        .mapEmpty();
  }

  private static String carried(Set<Integer> carriers, String id) {
    return carriers.isEmpty()
        ? ""
        : "; SELECT pgmesh.record_carried('{%s}', '%s')"
            .formatted(
                carriers.stream().sorted().map(String::valueOf).collect(Collectors.joining(",")),
                id);
  }

  /** All parts are committed: the rows have done their work, and go with those of others. */
  void forget(PreparedTransaction prepared) {
    finished.add(prepared.parts().stream().map(PreparedTransaction.Part::gid).toList());
  }

  /** Names of parts that are to be committed, so many at most. */
  Future<List<String>> decided() {
    return asMesh("SELECT gid FROM %s LIMIT %d".formatted(table, DECIDED_MAX))
        .map(rows -> rows.stream().map(List::getFirst).toList());
  }

  /** All servers that may have parts now, as {@link Recovery#name} writes them. */
  Future<Set<String>> servers() {
    return asMesh(
            "SELECT groupid || '@' || nodename || ':' || nodeport FROM "
                + catalogTable("pg_dist_node"))
        .map(rows -> rows.stream().map(List::getFirst).collect(Collectors.toSet()));
  }

  Future<Void> forget(List<String> gids) {
    String names =
        gids.stream().map(SettingTexts::literal).collect(Collectors.joining(", ", "(", ")"));
    return asMesh("DELETE FROM " + table + " WHERE gid IN " + names).mapEmpty();
  }

  /** Runs statements in the coordinator database as the mesh's own role. */
  public Future<List<List<String>>> asMesh(String sql) {
    return pools.asMesh(coordinator, sql);
  }
}
