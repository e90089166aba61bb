package io.pgmesh.contracts.plan;

import java.util.List;

/**
 * One statement for one worker. Uses the client's parameters under their own numbers.
 *
 * @param shardIds the shards it names, so that their suffixes can be taken out of what the client
 *     sees
 * @param code whose functions it may call there
 */
public record Task(Server server, SqlText sql, List<Long> shardIds, Plan.Code code) {
  public Task {
    shardIds = List.copyOf(shardIds);
  }

  public Task(Server server, SqlText sql, List<Long> shardIds) {
    this(server, sql, shardIds, Plan.Code.BUILT_IN);
  }

  /** The same with another text. */
  public Task with(SqlText text) {
    return new Task(server, text, shardIds, code);
  }
}
