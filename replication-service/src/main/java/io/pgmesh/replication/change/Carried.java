package io.pgmesh.replication.change;

import java.util.List;

/**
 * What workers got of a transaction inside that transaction, by two-phase commit: their appliers
 * pass it over.
 *
 * @param groups workers that have its rows, or will have as soon as their part of it is committed
 * @param transaction the id in the names of its prepared parts; empty when there are none
 */
public record Carried(List<Integer> groups, String transaction) {
  public static final Carried NOWHERE = new Carried(List.of(), "");

  public Carried {
    groups = List.copyOf(groups);
  }

  public boolean to(int group) {
    return groups.contains(group);
  }
}
