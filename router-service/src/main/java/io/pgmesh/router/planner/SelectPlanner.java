package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.router.planner.QueryAnalysis.Use;
import io.pgmesh.router.planner.StatementPlanner.Bound;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.sql.NotUnderstood;
import io.pgmesh.router.sql.ParserCheck;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Query;
import io.pgmesh.router.sql.QueryReader;
import io.pgmesh.router.sql.SqlWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.IntStream;

/** SELECT: the cheapest tier that is certain to be right. */
final class SelectPlanner {
  private final Phrase text;
  private final Query query;
  private final QueryAnalysis analysis;
  private final PlanContext context;
  private final List<Distributed> tables;
  private final ShardServers servers;

  private SelectPlanner(Phrase text, Query query, QueryAnalysis analysis, PlanContext context) {
    this.text = text;
    this.query = query;
    this.analysis = analysis;
    this.context = context;
    this.tables =
        analysis.distributed().stream().map(use -> (Distributed) use.table()).distinct().toList();
    this.servers = new ShardServers(context.catalog(), tables, analysis.references());
  }

  static PlannedStatement plan(Phrase text, PlanContext context) {
    if (context.session().loopback()) {
      return LoopbackSelect.plan(text, context);
    }
    boolean mesh = text.names().stream().anyMatch(name -> context.meshTable(name).isPresent());
    if (!mesh) {
      return CoordinatorReads.plan(text, context, "");
    }
    try {
      Query query = QueryReader.read(text);
      ParserCheck.check(text, query);
      QueryAnalysis analysis = QueryAnalysis.of(query, context);
      return AnonymousRows.ofQuery(
          new SelectPlanner(text, query, analysis, context).plan(), text, context);
    } catch (NotUnderstood form) {
      return CoordinatorReads.plan(text, context, form.getMessage() + " is not planned on workers");
    }
  }

  private PlannedStatement plan() {
    if (tables.isEmpty()) {
      return CoordinatorReads.plan(text, context, "");
    }
    Optional<String> obstacle = WorkerObstacles.find(text, query, analysis, context);
    if (obstacle.isEmpty() && !servers.complete()) {
      obstacle =
          Optional.of(
              "a shard, or a live replica of a reference table beside it, has no active worker");
    }
    if (obstacle.isPresent()) {
      return CoordinatorReads.plan(text, context, obstacle.get());
    }
    return switch (Pushdown.of(query, analysis, context)) {
      case Pushdown.Possible possible -> pushedDown(possible);
      case Pushdown.Impossible(var reason) -> orOneShard(reason);
    };
  }

  // ---- one block over the shards of one colocation group

  private PlannedStatement pushedDown(Pushdown.Possible possible) {
    try {
      ScatterPlanner scatter = ScatterPlanner.of(query, analysis, servers, possible, context);
      return overShards(possible, scatter::plan);
    } catch (NotPushable hard) {
      PlannedStatement otherwise = CoordinatorReads.plan(text, context, hard.getMessage());
      return overShards(
          possible, shards -> ((Bound.Ready) otherwise.bind(Arguments.NONE, List.of())).plan());
    }
  }

  /** The shards that conditions on keys leave; several of them are the scatter's. */
  private PlannedStatement overShards(
      Pushdown.Possible possible, Function<List<Integer>, Plan> scatter) {
    List<KeyValue> values = pruningValues(possible);
    if (values.isEmpty()) {
      List<Integer> all = IntStream.range(0, servers.count()).boxed().toList();
      return PlannedStatement.of(all.size() == 1 ? oneShard(0) : scatter.apply(all));
    }
    return keyed(
        values,
        hashes -> {
          List<Integer> shards = indexes(hashes);
          return shards.size() == 1 ? oneShard(shards.getFirst()) : scatter.apply(shards);
        });
  }

  /** Values of which every row that matters has one in a key; empty when there is no such list. */
  private List<KeyValue> pruningValues(Pushdown.Possible possible) {
    for (Fact.ColumnRef key : possible.keys()) {
      List<KeyValue> values = values(possible.known().valuesOf(key));
      if (!values.isEmpty()) {
        return values;
      }
    }
    return List.of();
  }

  private List<KeyValue> values(List<List<Phrase>> lists) {
    for (List<Phrase> list : lists) {
      List<KeyValue> values =
          list.stream()
              .flatMap(value -> KeyValue.of(value, tables.getFirst().key(), context).stream())
              .toList();
      if (values.size() == list.size()) {
        return values;
      }
    }
    return List.of();
  }

  private List<Integer> indexes(List<OptionalInt> hashes) {
    List<Integer> indexes =
        hashes.stream()
            .filter(OptionalInt::isPresent)
            .map(hash -> tables.getFirst().shardIndex(hash.getAsInt()))
            .distinct()
            .sorted()
            .toList();
    return indexes.isEmpty() ? List.of(0) : indexes; // only NULLs: any shard has no such row
  }

  // ---- anything whose tables are all restricted to one value

  private PlannedStatement orOneShard(String reason) {
    List<KeyValue> values = new ArrayList<>();
    for (Use use : analysis.distributed()) {
      List<List<Phrase>> single =
          analysis.known(use).valuesOf(use.key()).stream().filter(l -> l.size() == 1).toList();
      List<KeyValue> found = values(single);
      if (found.isEmpty() && servers.count() > 1) {
        return CoordinatorReads.plan(text, context, reason);
      }
      values.addAll(found);
    }
    return keyed(
        values,
        hashes -> {
          List<Integer> shards = indexes(hashes);
          return shards.size() == 1 ? oneShard(shards.getFirst()) : otherwise(reason);
        });
  }

  /** The loopback must not be refused before values are known. */
  private Plan otherwise(String reason) {
    String all = reason + "; its tables are restricted to values of several shards";
    PlannedStatement planned = CoordinatorReads.plan(text, context, all);
    return ((Bound.Ready) planned.bind(Arguments.NONE, List.of())).plan();
  }

  private PlannedStatement keyed(List<KeyValue> values, Function<List<OptionalInt>, Plan> plan) {
    Distributed table = tables.getFirst();
    return new KeyedPlan(
        text, table, values, value -> KeyValue.of(value, table.key(), context), plan);
  }

  private Plan oneShard(int index) {
    ShardText shard = ShardText.of(analysis.uses(), index);
    SqlWriter out = new SqlWriter();
    shard.copy(text, out);
    return new Plan.OneShard(
        new Task(servers.at(index).orElseThrow(), out.build(), shard.shardIds()), false);
  }
}
