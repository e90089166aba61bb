package io.pgmesh.contracts.plan;

import java.util.List;

/**
 * One statement for one worker. Uses the client's parameters under their own numbers.
 *
 * @param shardIds the shards it names, so that their suffixes can be taken out of what the client
 *     sees
 */
public record Task(Server server, SqlText sql, List<Long> shardIds) {
  public Task {
    shardIds = List.copyOf(shardIds);
  }
}
