package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Column;
import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.catalog.Shard;
import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.RowsOfShards;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.router.sql.InsertStatement;
import io.pgmesh.router.sql.InsertStatement.Source;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SqlWriter;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** An INSERT … VALUES whose rows go to their shards as the client wrote them. */
final class ShardedInsert {
  private final Phrase statement;
  private final InsertStatement insert;
  private final Distributed table;
  private final PlanContext context;
  private final InsertTails tails;
  private final List<List<Phrase>> values;
  private final List<Column> columns;
  private final List<Column> absent;

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
    this.values = ((Source.Rows) insert.source()).rows();
    this.columns = InsertPlanner.columns(insert, table, values.getFirst().size());
    this.absent = TimeDefaults.absent(table, columns, context);
  }

  /**
   * @param hashes of the rows' distribution values, empty for NULL
   */
  Plan plan(List<OptionalInt> hashes) {
    var rows =
        new RowsOfShards(
            hashes.stream()
                .map(hash -> table.shardIndex(hash.orElseThrow(InsertPlanner::nullKey)))
                .toList());
    int most = values.size();
    List<RowsOfShards.Group> byShard = rows.byShard(most);
    return switch (tails.returned()) {
      case UNORDERED -> plan(byShard, new Gather.Concat());
      case EVERY -> plan(byShard, new Gather.InTurns(rows.turns(byShard)));
      case SOME ->
          byShard.size() == 1
              ? plan(byShard, new Gather.Concat())
              : plan(rows.inRuns(most), new Gather.InTurns(List.of()));
    };
  }

  private Plan plan(List<RowsOfShards.Group> groups, Gather gather) {
    List<Task> tasks =
        groups.stream()
            .map(group -> task(table.shards().get(group.shard()), group.rows()))
            .toList();
    return tasks.size() == 1
        ? new Plan.OneShard(tasks.getFirst(), true)
        : new Plan.Scatter(tasks, gather, true);
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
    columns(writer);
    if (!insert.overriding().isEmpty()) {
      writer.add(" ").copy(insert.overriding());
    }
    writer.add(" VALUES ");
    String separator = "";
    for (int row : rows) {
      writer.add(separator + "(").append(expressions(values.get(row)));
      absent.forEach(column -> writer.add(", " + TimeDefaults.sql(column)));
      writer.add(")");
      separator = ", ";
    }
    tails.copyTo(writer);
    return writer.build();
  }

  private void columns(SqlWriter writer) {
    if (absent.isEmpty()) {
      writer.add(insert.columns().isEmpty() ? "" : " ").copy(insert.columns());
      return;
    }
    List<String> names =
        Stream.concat(columns.stream(), absent.stream()).map(Column::name).toList();
    writer.add(" (" + Identifiers.list(names) + ")");
  }

  private SqlText expressions(List<Phrase> row) {
    var text = new SqlWriter.Replacing(statement.sql());
    for (int i = 0; i < row.size(); i++) {
      if (TimeDefaults.isAsked(row.get(i), columns.get(i))) {
        text.replace(row.get(i), TimeDefaults.sql(columns.get(i)));
      }
    }
    return text.build(row.getFirst().start(), row.getLast().end());
  }
}
