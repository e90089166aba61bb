package io.pgmesh.router.planner;

import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Server;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.router.planner.BuiltinFunctions.Kind;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Query;
import io.pgmesh.router.sql.SqlWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** One query a worker over its shards. */
final class ScatterPlanner {
  private final Query query;
  private final QueryAnalysis analysis;
  private final ShardServers servers;
  private final Pushdown.Possible pushdown;

  ScatterPlanner(
      Query query, QueryAnalysis analysis, ShardServers servers, Pushdown.Possible pushdown) {
    this.query = query;
    this.analysis = analysis;
    this.servers = servers;
    this.pushdown = pushdown;
  }

  /** What makes the parts' rows wrong or hard to put together. */
  static Optional<String> obstacle(Query query, Pushdown.Possible pushdown) {
    Query.Block block = pushdown.block();
    boolean plain =
        query.tail().text().size() == query.tail().locking().size()
            && block.distinct().isEmpty()
            && block.groupBy().isEmpty()
            && block.having().isEmpty()
            && !pushdown.calls(Kind.AGGREGATE)
            && !pushdown.calls(Kind.WINDOW)
            && !pushdown.calls().contains("over");
    return plain ? Optional.empty() : Optional.of("its parts cannot be put together yet");
  }

  Plan plan(List<Integer> shards) {
    boolean locks = !query.tail().locking().isEmpty();
    List<Task> tasks = locks ? single(shards) : fused(shards);
    return tasks.size() == 1
        ? new Plan.OneShard(tasks.getFirst(), false)
        : new Plan.Scatter(tasks, new Gather.Concat(), false);
  }

  /** FOR UPDATE is not allowed in a UNION. */
  private List<Task> single(List<Integer> shards) {
    List<Task> tasks = new ArrayList<>();
    for (int index : shards) {
      ShardText shard = ShardText.of(analysis.uses(), index);
      SqlWriter out = new SqlWriter();
      shard.copy(query.text(), out);
      tasks.add(new Task(servers.at(index).orElseThrow(), out.build(), shard.shardIds()));
    }
    return tasks;
  }

  private List<Task> fused(List<Integer> shards) {
    Map<Server, List<Integer>> byServer = new LinkedHashMap<>();
    for (int index : shards) {
      byServer.computeIfAbsent(servers.at(index).orElseThrow(), s -> new ArrayList<>()).add(index);
    }
    List<Task> tasks = new ArrayList<>();
    byServer.forEach((server, indexes) -> tasks.add(fused(server, indexes, query.text())));
    return tasks;
  }

  private Task fused(Server server, List<Integer> indexes, Phrase text) {
    SqlWriter out = new SqlWriter();
    List<Long> shardIds = new ArrayList<>(new TreeSet<>());
    for (int index : indexes) {
      ShardText shard = ShardText.of(analysis.uses(), index);
      out.add(shardIds.isEmpty() ? "" : " UNION ALL ");
      shard.copy(text, out);
      shardIds.addAll(shard.shardIds());
    }
    return new Task(server, out.build(), shardIds);
  }
}
