package io.pgmesh.contracts.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows in the order in which they were given, and where they go.
 *
 * @param shards the shard's index of each row
 */
public record RowsOfShards(List<Integer> shards) {
  public RowsOfShards {
    shards = List.copyOf(shards);
  }

  /**
   * Rows that one statement takes to one shard.
   *
   * @param rows their indexes, ascending
   */
  public record Group(int shard, List<Integer> rows) {
    public Group {
      rows = List.copyOf(rows);
    }
  }

  /** All rows of a shard together, no more than {@code most}; by shard. */
  public List<Group> byShard(int most) {
    Map<Integer, List<Integer>> open = new HashMap<>();
    List<List<Integer>> groups = new ArrayList<>();
    for (int row = 0; row < shards.size(); row++) {
      List<Integer> rows = open.get(shards.get(row));
      if (rows == null || rows.size() == most) {
        rows = new ArrayList<>();
        open.put(shards.get(row), rows);
        groups.add(rows);
      }
      rows.add(row);
    }
    return groups.stream()
        .map(this::group)
        .sorted((one, other) -> Integer.compare(one.shard, other.shard)) // stable
        .toList();
  }

  /** Rows of a shard that stand side by side, no more than {@code most}; in their order. */
  public List<Group> inRuns(int most) {
    List<Group> groups = new ArrayList<>();
    List<Integer> rows = new ArrayList<>();
    for (int row = 0; row < shards.size(); row++) {
      rows.add(row);
      boolean last =
          row + 1 == shards.size()
              || rows.size() == most
              || !shards.get(row + 1).equals(shards.get(row));
      if (last) {
        groups.add(group(rows));
        rows = new ArrayList<>();
      }
    }
    return groups;
  }

  private Group group(List<Integer> rows) {
    return new Group(shards.get(rows.getFirst()), rows);
  }

  /** Index of the group that each row is in. */
  public List<Integer> turns(List<Group> groups) {
    var turns = new Integer[shards.size()];
    for (int group = 0; group < groups.size(); group++) {
      for (int row : groups.get(group).rows()) {
        turns[row] = group;
      }
    }
    return Arrays.asList(turns);
  }
}
