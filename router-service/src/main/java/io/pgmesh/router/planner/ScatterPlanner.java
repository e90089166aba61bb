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
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One query a worker over its shards. */
final class ScatterPlanner {
  private static final Set<String> TABLE_ONLY = Set.of("ctid", "xmin", "xmax", "cmin", "cmax");

  private final Query query;
  private final QueryAnalysis analysis;
  private final ShardServers servers;
  private final Optional<Combination> combination;

  private ScatterPlanner(
      Query query,
      QueryAnalysis analysis,
      ShardServers servers,
      Optional<Combination> combination) {
    this.query = query;
    this.analysis = analysis;
    this.servers = servers;
    this.combination = combination;
  }

  /**
   * @throws NotPushable when the shards' rows cannot be put together
   */
  static ScatterPlanner of(
      Query query,
      QueryAnalysis analysis,
      ShardServers servers,
      Pushdown.Possible pushdown,
      PlanContext context) {
    Optional<Combination> combination = combination(query, pushdown);
    if (combination.isPresent() && context.session().readOnly()) {
      throw new NotPushable("a read-only transaction cannot hold partial results");
    }
    if (combination.isPresent() && pushdown.calls(Kind.VOLATILE)) {
      throw new NotPushable("it calls a volatile function");
    }
    if (combination.isPresent() && makesRows(query, pushdown.block())) {
      throw new NotPushable("rows as values cannot be kept in a table on their way");
    }
    return new ScatterPlanner(query, analysis, servers, combination);
  }

  private static boolean makesRows(Query query, Query.Block block) {
    return block.items().stream().anyMatch(item -> Expressions.makesRow(item.expression()))
        || query.tail().orderBy().stream().anyMatch(Expressions::makesRow);
  }

  private static Optional<Combination> combination(Query query, Pushdown.Possible pushdown) {
    Query.Block block = pushdown.block();
    Windows.check(query, pushdown);
    boolean aggregates =
        !block.groupBy().isEmpty() || !block.having().isEmpty() || aggregates(query, block);
    if (aggregates && !groupedByKey(block, pushdown)) {
      return Optional.of(PartialAggregates.of(query, pushdown));
    }
    Query.Tail tail = query.tail();
    boolean onlyLocks = tail.text().size() == tail.locking().size();
    return onlyLocks && distinctInShards(block, pushdown)
        ? Optional.empty()
        : Optional.of(SortedRows.of(query, pushdown));
  }

  private static boolean aggregates(Query query, Query.Block block) {
    return block.items().stream().anyMatch(item -> aggregates(item.expression()))
        || query.tail().orderBy().stream().anyMatch(ScatterPlanner::aggregates);
  }

  private static boolean aggregates(Phrase phrase) {
    return Call.in(phrase).stream().anyMatch(Call::aggregates);
  }

  private static boolean groupedByKey(Query.Block block, Pushdown.Possible pushdown) {
    return !block.groupBy().isEmpty()
        && new SelectList(block, pushdown.frame()).groups().stream().anyMatch(pushdown::isKey);
  }

  /** Whether equal rows can only come from one shard. */
  private static boolean distinctInShards(Query.Block block, Pushdown.Possible pushdown) {
    Phrase distinct = block.distinct();
    if (distinct.size() <= 1) {
      return distinct.isEmpty()
          || block.items().stream().anyMatch(item -> pushdown.isKey(item.expression()));
    }
    return distinct.sub(3, distinct.size() - 1).split(",").stream().anyMatch(pushdown::isKey);
  }

  Plan plan(List<Integer> shards) {
    boolean locks = !query.tail().locking().isEmpty();
    List<Task> tasks = locks ? single(shards) : fused(shards);
    if (combination.isPresent()) {
      Combination combine = combination.get();
      Gather gather = new Gather.Combine(combine.shape().unchanged(), combine.finish().unchanged());
      return new Plan.Scatter(tasks, gather, false);
    }
    return tasks.size() == 1
        ? new Plan.OneShard(tasks.getFirst(), false)
        : new Plan.Scatter(tasks, new Gather.Concat(), false);
  }

  /** FOR UPDATE is not allowed in a UNION. */
  private List<Task> single(List<Integer> shards) {
    return shards.stream()
        .map(index -> task(servers.at(index).orElseThrow(), List.of(index)))
        .toList();
  }

  private List<Task> fused(List<Integer> shards) {
    List<Task> tasks = new ArrayList<>();
    servers.byServer(shards).forEach((server, indexes) -> tasks.add(task(server, indexes)));
    return tasks;
  }

  private Task task(Server server, List<Integer> indexes) {
    SqlWriter out = new SqlWriter();
    if (readsAsOne(indexes)) {
      ShardText shards = ShardText.fused(analysis.uses(), indexes, query.text());
      combination.orElseThrow().shard().write(shards, out);
      return new Task(server, out.build(), shards.shardIds());
    }
    List<Long> shardIds = new ArrayList<>();
    boolean bracket = combination.isPresent() && indexes.size() > 1;
    for (int index : indexes) {
      ShardText shard = ShardText.of(analysis.uses(), index);
      out.add(shardIds.isEmpty() ? "" : " UNION ALL ").add(bracket ? "(" : "");
      combination
          .map(Combination::shard)
          .orElseGet(() -> new Template().copy(query.text()))
          .write(shard, out);
      out.add(bracket ? ")" : "");
      shardIds.addAll(shard.shardIds());
    }
    return new Task(server, out.build(), shardIds);
  }

  /**
   * Whether a worker's shards can be read as one table, so that it aggregates, sorts and cuts their
   * rows together. Rows of one table may be put together as one likes, but they lose what only a
   * table gives.
   */
  private boolean readsAsOne(List<Integer> indexes) {
    if (analysis.distributed().size() != 1) {
      return false;
    }
    Query.Table table = analysis.distributed().getFirst().source();
    return combination.filter(Combination::fusible).isPresent()
        && indexes.size() > 1
        && table.sample().isEmpty()
        && !table.name().follows("only")
        && TABLE_ONLY.stream().noneMatch(query.text()::contains);
  }
}
