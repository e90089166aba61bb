package io.pgmesh.contracts.replica;

import java.util.List;

/**
 * Changes of reference tables that an open transaction made, in their order, as the function {@code
 * pgmesh.carry_changes()} tells them.
 *
 * @param copies which workers have a copy of which table, as the transaction sees it
 * @param enforced oids of tables whose changes only the foreign keys of the copies have checked:
 *     none may be left out
 */
public record ReplicaChanges(List<RowChange> changes, List<Copy> copies, List<Long> enforced) {

  /**
   * @param relation oid of the primary copy
   * @param group of the worker
   */
  public record Copy(long relation, int group) {}

  public ReplicaChanges {
    changes = List.copyOf(changes);
    copies = List.copyOf(copies);
    enforced = enforced == null ? List.of() : List.copyOf(enforced); // from an older function
  }
}
