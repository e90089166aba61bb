package io.pgmesh.contracts.catalog;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;

/**
 * One hash range of a distributed table.
 *
 * @param minHash inclusive
 * @param maxHash inclusive
 * @param groups the workers that hold a placement, never empty
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Shard(long shardId, int minHash, int maxHash, List<Integer> groups) {
  public Shard {
    groups = List.copyOf(groups);
  }
}
