package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Column;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.RowLocks;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.router.planner.StatementPlanner.Bound;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.sql.InsertStatement;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SqlWriter;
import java.util.List;
import java.util.Optional;

/**
 * INSERT … SELECT into a distributed table: shard by shard where the query keeps rows on their
 * shard, else each row of the query's answer goes to its shard.
 */
final class InsertSelectPlanner {
  private InsertSelectPlanner() {}

  static PlannedStatement plan(
      Phrase statement,
      InsertStatement insert,
      Distributed table,
      InsertTails tails,
      PlanContext context) {
    if (context.session().loopback()) {
      throw Unsupported.feature("INSERT … SELECT through the loopback");
    }
    Phrase query = insert.source() instanceof InsertStatement.Source.Query(var q) ? q : statement;
    int width = width(query, insert, table, context);
    List<Column> columns = InsertPlanner.columns(insert, table, width);
    Optional<Plan> pushed =
        new ColocatedInsertSelect(insert, table, columns, tails, context).plan(query);
    return pushed
        .map(PlannedStatement::of)
        .orElseGet(() -> routed(insert, table, columns, query, tails, context));
  }

  private static PlannedStatement routed(
      InsertStatement insert,
      Distributed table,
      List<Column> columns,
      Phrase query,
      InsertTails tails,
      PlanContext context) {
    if (CoordinatorReads.modifies(insert.with())) {
      throw Unsupported.feature("a modifying WITH query in an INSERT into a distributed table");
    }
    EvaluatedRows evaluated = new EvaluatedRows(insert, table, columns, context);
    PlannedStatement source = source(insert, query, evaluated, columns.size(), context);
    return (arguments, hashes) ->
        switch (source.bind(arguments, hashes)) {
          case Bound.Ready(var rows) ->
              new Bound.Ready(
                  new Plan.RoutedInsert(
                      rows,
                      Shards.target(context.catalog(), table),
                      evaluated.columnNames(),
                      evaluated.keyIndex(),
                      tails.forAnyShard()));
          case Bound.NeedsHash needed -> needed;
        };
  }

  /** The rows to be inserted, from the workers where they have all that it takes. */
  private static PlannedStatement source(
      InsertStatement insert,
      Phrase query,
      EvaluatedRows evaluated,
      int width,
      PlanContext context) {
    if (!insert.with().isEmpty() || !query.starts("select") || !evaluated.givesAll(width)) {
      return onCoordinator(insert, query, evaluated, width, context);
    }
    PlannedStatement planned = SelectPlanner.plan(query, context);
    return (arguments, hashes) ->
        switch (planned.bind(arguments, hashes)) {
          case Bound.Ready(Plan.OneShard(var task, var writes)) ->
              new Bound.Ready(new Plan.OneShard(over(task, evaluated, width), writes));
          case Bound.Ready(Plan.Scatter(var tasks, Gather.Concat concat, var writes)) ->
              new Bound.Ready(
                  new Plan.Scatter(
                      tasks.stream().map(task -> over(task, evaluated, width)).toList(),
                      concat,
                      writes));
          case Bound.Ready other ->
              onCoordinator(insert, query, evaluated, width, context).bind(arguments, hashes);
          case Bound.NeedsHash needed -> needed;
        };
  }

  private static Task over(Task task, EvaluatedRows evaluated, int width) {
    return task.with(evaluated.over(task.sql(), width));
  }

  private static PlannedStatement onCoordinator(
      InsertStatement insert,
      Phrase query,
      EvaluatedRows evaluated,
      int width,
      PlanContext context) {
    SqlWriter rows = new SqlWriter();
    if (!insert.with().isEmpty()) {
      rows.append(ShellText.ofWith(insert.with(), context)).add(" ");
    }
    rows.append(ShellText.part(query, context));
    return PlannedStatement.of(
        new Plan.Coordinator(
            evaluated.over(rows.build(), width),
            Plan.Use.BLOCK,
            Plan.Effects.NONE,
            "the query does not keep rows on their shard",
            locks(insert.with(), query, context)));
  }

  private static RowLocks locks(Phrase with, Phrase query, PlanContext context) {
    return WaitMarks.unmarked(with, context).and(WaitMarks.unmarked(query, context));
  }

  /** How many columns the query gives: as many as are listed, or as its select list has. */
  private static int width(
      Phrase query, InsertStatement insert, Distributed table, PlanContext context) {
    if (insert.columnNames().isPresent()) {
      return insert.columnNames().get().size();
    }
    Phrase inner = query;
    while (inner.hasSymbol(0, "(") && inner.behindBrackets(0) == inner.size()) {
      inner = inner.sub(1, inner.size() - 1);
    }
    if (inner.starts("values") && inner.hasSymbol(1, "(")) {
      return inner.sub(2, inner.behindBrackets(1) - 1).split(",").size();
    }
    SelectParts parts = SelectParts.of(inner);
    boolean known = inner.starts("select") && parts.items().stream().noneMatch(SelectParts::isStar);
    return known ? parts.items().size() : starWidth(parts, context, table);
  }

  private static int starWidth(SelectParts parts, PlanContext context, Distributed table) {
    boolean whole = parts.items().size() == 1 && parts.items().getFirst().size() == 1;
    if (whole
        && parts.from().nameLength(0) > 0
        && parts.from().find(0, "join") < 0
        && parts.from().split(",").size() == 1) {
      Phrase name = parts.from().sub(0, parts.from().nameLength(0));
      return context
          .meshTable(name)
          .map(source -> source.columns().size())
          .orElse(table.columns().size());
    }
    return table.columns().size();
  }
}
