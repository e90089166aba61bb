package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.catalog.MeshTable.Reference;
import io.pgmesh.contracts.catalog.Node;
import io.pgmesh.contracts.catalog.Shard;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Server;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.contracts.plan.Task;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Tasks of DDL on workers. */
final class DdlTasks {

  /** Makes a text for one shard. */
  interface ShardText {
    SqlText of(int index, Shard shard);
  }

  private final PlanContext context;

  DdlTasks(PlanContext context) {
    this.context = context;
  }

  /** One task for every placement of every shard, or for every replica. */
  List<Task> ofTable(MeshTable table, ShardText shardText, SqlText replicaText) {
    return switch (table) {
      case Distributed distributed -> ofShards(distributed, shardText);
      case Reference ignored -> everywhere(replicaText);
    };
  }

  private List<Task> ofShards(Distributed table, ShardText text) {
    List<Task> tasks = new ArrayList<>();
    for (int i = 0; i < table.shards().size(); i++) {
      Shard shard = table.shards().get(i);
      SqlText sql = text.of(i, shard);
      for (int group : shard.groups()) {
        tasks.add(
            new Task(
                Shards.server(context.catalog(), group),
                sql,
                Shards.ids(context.catalog(), table, shard)));
      }
    }
    return tasks;
  }

  /** The same text on every worker. */
  List<Task> everywhere(SqlText text) {
    return context.catalog().workers().stream()
        .map(node -> new Task(server(node), text, List.of()))
        .toList();
  }

  /**
   * One task a server that names all relations which it has of some tables.
   *
   * @param text of the relations, quoted and separated by commas
   */
  List<Task> byServer(List<MeshTable> tables, Function<String, String> text) {
    return byServer(tables, table -> "", text);
  }

  /**
   * @param behind what follows each relation of a table
   */
  List<Task> byServer(
      List<MeshTable> tables, Function<MeshTable, String> behind, Function<String, String> text) {
    Map<Server, List<String>> relations = new LinkedHashMap<>();
    Map<Server, List<Long>> shardIds = new LinkedHashMap<>();
    for (MeshTable table : tables) {
      for (Task task : ofTable(table, (i, s) -> relation((Distributed) table, s), name(table))) {
        relations
            .computeIfAbsent(task.server(), server -> new ArrayList<>())
            .add(task.sql().text() + behind.apply(table));
        shardIds
            .computeIfAbsent(task.server(), server -> new ArrayList<>())
            .addAll(task.shardIds());
      }
    }
    return relations.entrySet().stream()
        .map(
            entry ->
                new Task(
                    entry.getKey(),
                    SqlText.made(text.apply(String.join(", ", entry.getValue()))),
                    shardIds.get(entry.getKey())))
        .toList();
  }

  private static SqlText relation(Distributed table, Shard shard) {
    return SqlText.made(Shards.relation(table, shard));
  }

  static SqlText name(MeshTable table) {
    return SqlText.made(Identifiers.qualified(table.schema(), table.name()));
  }

  private static Server server(Node node) {
    return new Server(node.groupId(), node.host(), node.port());
  }

  /** Oids of those tables that are reference tables. */
  static List<Long> references(List<MeshTable> tables) {
    return tables.stream().filter(Reference.class::isInstance).map(MeshTable::oid).toList();
  }

  /** A step that checks a table after its constraints or indexes have changed. */
  static SqlText checkConstraints(MeshTable table) {
    return SqlText.made("SELECT pgmesh.check_constraints(" + table.oid() + "::regclass)");
  }

  /** A plan for one table. */
  static Plan.Ddl plan(MeshTable table, List<SqlText> steps, List<Task> tasks, String tag) {
    return new Plan.Ddl(steps, tasks, tag, references(List.of(table)));
  }
}
