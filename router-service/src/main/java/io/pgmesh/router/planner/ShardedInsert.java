package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.catalog.Shard;
import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.router.sql.InsertStatement;
import io.pgmesh.router.sql.InsertStatement.Source;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SqlWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeMap;

/** An INSERT … VALUES whose rows go to their shards as the client wrote them. */
final class ShardedInsert {
  private final Phrase statement;
  private final InsertStatement insert;
  private final Distributed table;
  private final PlanContext context;
  private final InsertTails tails;
  private final int rowCount;

  ShardedInsert(
      Phrase statement,
      InsertStatement insert,
      Distributed table,
      PlanContext context,
      InsertTails tails) {
    this.statement = statement;
    this.insert = insert;
    this.table = table;
    this.context = context;
    this.tails = tails;
    this.rowCount = ((Source.Rows) insert.source()).rows().size();
  }

  /**
   * @param hashes of the rows' distribution values, empty for NULL
   */
  Plan plan(List<OptionalInt> hashes) {
    TreeMap<Integer, List<Integer>> rowsOfShard = new TreeMap<>();
    for (int row = 0; row < rowCount; row++) {
      int hash = hashes.get(row).orElseThrow(InsertPlanner::nullKey);
      rowsOfShard.computeIfAbsent(table.shardIndex(hash), key -> new ArrayList<>()).add(row);
    }
    List<Task> tasks =
        rowsOfShard.entrySet().stream()
            .map(entry -> task(table.shards().get(entry.getKey()), entry.getValue()))
            .toList();
    return tasks.size() == 1
        ? new Plan.OneShard(tasks.getFirst(), true)
        : new Plan.Scatter(tasks, new Gather.Concat(), true);
  }

  private Task task(Shard shard, List<Integer> rows) {
    return new Task(
        Shards.writer(context.catalog(), shard),
        text(shard, rows),
        Shards.ids(context.catalog(), table, shard));
  }

  private SqlText text(Shard shard, List<Integer> rows) {
    SqlWriter writer = new SqlWriter();
    writer.add("INSERT INTO ").add(Shards.relation(table, shard)).add(" AS " + tails.alias());
    if (!insert.columns().isEmpty()) {
      writer.add(" ").copy(insert.columns());
    }
    if (!insert.overriding().isEmpty()) {
      writer.add(" ").copy(insert.overriding());
    }
    writer.add(" VALUES ");
    List<List<Phrase>> values = ((Source.Rows) insert.source()).rows();
    String separator = "";
    for (int row : rows) {
      List<Phrase> expressions = values.get(row);
      writer
          .add(separator + "(")
          .copy(statement.sql(), expressions.getFirst().start(), expressions.getLast().end())
          .add(")");
      separator = ", ";
    }
    tails.copyTo(writer);
    return writer.build();
  }
}
