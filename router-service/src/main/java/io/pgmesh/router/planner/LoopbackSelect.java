package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.catalog.Shard;
import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Server;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SqlWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A scan that postgres_fdw asks for: {@code SELECT columns FROM pgmesh_shell."oid" WHERE ((…)) AND
 * ((…))}, one table, no aggregates. Runs on the shards that its conditions leave, fused to one
 * query a worker.
 */
final class LoopbackSelect {
  private final Phrase query;
  private final Phrase name;
  private final Distributed table;
  private final PlanContext context;

  private LoopbackSelect(Phrase query, Phrase name, Distributed table, PlanContext context) {
    this.query = query;
    this.name = name;
    this.table = table;
    this.context = context;
  }

  /** What ANALYZE of a shell begins with: of a child without pages it takes no sample. */
  private static final String SIZE = "SELECT pg_catalog.pg_relation_size('";

  static PlannedStatement plan(Phrase query, PlanContext context) {
    if (query.text().startsWith(SIZE)) {
      Server any =
          Shards.server(context.catalog(), context.catalog().workers().getFirst().groupId());
      Plan nothing =
          new Plan.OneShard(new Task(any, SqlText.made("SELECT 0::bigint"), List.of()), false);
      return PlannedStatement.of(nothing);
    }
    List<Phrase> names =
        query.names().stream()
            .filter(name -> name.identifiers().getFirst().equals(PlanContext.SHELL_SCHEMA))
            .toList();
    Optional<MeshTable> table =
        names.size() == 1 ? context.meshTable(names.getFirst()) : Optional.empty();
    if (table.isEmpty() || !(table.get() instanceof Distributed distributed)) {
      throw Unsupported.feature("a query of the loopback over other than one distributed table");
    }
    return new LoopbackSelect(query, names.getFirst(), distributed, context).plan();
  }

  private PlannedStatement plan() {
    SelectParts parts = SelectParts.of(query);
    Optional<List<KeyValue>> keys =
        Conjuncts.of(parts.where()).keyValues(String.valueOf(table.oid()), table.key(), context);
    if (keys.isEmpty()) {
      Plan plan = plan(IntStream.range(0, table.shards().size()).boxed().toList());
      return PlannedStatement.of(plan);
    }
    return (arguments, answers) ->
        KeyHashes.bind(
            table.key(), keys.get(), arguments, answers, hashes -> plan(shardsOf(hashes)));
  }

  private List<Integer> shardsOf(List<OptionalInt> hashes) {
    TreeSet<Integer> indexes = new TreeSet<>();
    hashes.forEach(hash -> hash.ifPresent(value -> indexes.add(table.shardIndex(value))));
    return indexes.isEmpty() ? List.of(0) : List.copyOf(indexes);
  }

  private Plan plan(List<Integer> indexes) {
    boolean locks = query.find(0, "for", "update") >= 0 || query.find(0, "for", "share") >= 0;
    if (table.shards().size() > 1) {
      refuseWhatShardsCannotTell();
    }
    Map<Server, List<Shard>> byServer = new LinkedHashMap<>();
    for (int index : indexes) {
      Shard shard = table.shards().get(index);
      Server server = Shards.server(context.catalog(), shard.groups().getFirst());
      byServer.computeIfAbsent(server, s -> new ArrayList<>()).add(shard);
    }
    List<Task> tasks = new ArrayList<>();
    byServer.forEach(
        (server, shards) -> {
          if (locks) { // UNION ALL may not lock
            shards.forEach(shard -> tasks.add(task(server, List.of(shard))));
          } else {
            tasks.add(task(server, shards));
          }
        });
    return tasks.size() == 1
        ? new Plan.OneShard(tasks.getFirst(), locks)
        : new Plan.Scatter(tasks, new Gather.Concat(), locks);
  }

  /**
   * A ctid only accompanies the row here: the UPDATE or DELETE that wants to find the row again
   * among those of all shards is refused when it comes.
   */
  private void refuseWhatShardsCannotTell() {
    for (String clause : List.of("order", "group", "limit", "offset", "fetch", "having")) {
      if (query.find(0, clause) >= 0) {
        throw Unsupported.because(
            clause.toUpperCase(java.util.Locale.ROOT) + " in a query of the loopback",
            "Leave the planner's setting enable_sort on.");
      }
    }
  }

  private Task task(Server server, List<Shard> shards) {
    SqlWriter text = new SqlWriter();
    for (Shard shard : shards) {
      text.add(shard == shards.getFirst() ? "" : " UNION ALL ");
      text.add(shards.size() == 1 ? "" : "(");
      write(text, shard);
      text.add(shards.size() == 1 ? "" : ")");
    }
    SqlText sql = text.build();
    return new Task(server, sql, shards.stream().map(Shard::shardId).toList());
  }

  private void write(SqlWriter text, Shard shard) {
    boolean alias = name.to() < query.to() && query.tokens().get(name.to()).isIdentifier();
    boolean keyword =
        alias
            && List.of("where", "for", "order", "group", "limit", "offset", "fetch", "having")
                .contains(query.tokens().get(name.to()).value());
    text.copy(query.sql(), query.start(), name.start());
    text.add(Shards.relation(table, shard));
    text.add(alias && !keyword ? "" : " AS \"" + table.oid() + "\"");
    text.copy(query.sql(), name.end(), query.end());
  }
}
