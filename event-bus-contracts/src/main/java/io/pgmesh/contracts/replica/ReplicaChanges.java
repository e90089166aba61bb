package io.pgmesh.contracts.replica;

import java.util.List;

/**
 * Changes of reference tables that an open transaction made, in their order, as the function {@code
 * pgmesh.carry_changes()} tells them.
 *
 * @param copies which workers have a copy of which table, as the transaction sees it
 */
public record ReplicaChanges(List<RowChange> changes, List<Copy> copies) {

  /**
   * @param relation oid of the primary copy
   * @param group of the worker
   */
  public record Copy(long relation, int group) {}

  public ReplicaChanges {
    changes = List.copyOf(changes);
    copies = List.copyOf(copies);
  }
}
