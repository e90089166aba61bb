package io.pgmesh.contracts.api;

import io.pgmesh.contracts.bus.Endpoint;
import java.time.Duration;
import java.util.List;

/** What the active replication service answers. */
public interface ReplicationApi {

  /**
   * Asks to wait until every live replica has applied a committed transaction; replicas that do not
   * in time are fenced first.
   *
   * @param xid the transaction's {@code pg_current_xact_id()} in the coordinator database; empty
   *     for all that is committed now
   */
  record AwaitApplied(String xid) {}

  /**
   * @param fencedGroups workers whose replicas are stale now
   * @param epoch the catalog's epoch that has them fenced, 0 when nothing changed
   */
  record Applied(List<Integer> fencedGroups, long epoch) {
    public Applied {
      fencedGroups = List.copyOf(fencedGroups);
    }
  }

  Endpoint<AwaitApplied, Applied> AWAIT_APPLIED =
      new Endpoint<>("replication.await-applied.v1", Duration.ofSeconds(60));
}
