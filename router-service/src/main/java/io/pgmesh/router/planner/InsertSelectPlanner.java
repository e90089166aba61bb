package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Column;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.sql.InsertStatement;
import io.pgmesh.router.sql.Phrase;
import java.util.List;
import java.util.Optional;

/**
 * INSERT … SELECT into a distributed table: shard by shard where the query keeps rows on their
 * shard, else through the coordinator database, each row then going to its shard.
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
    Plan plan = pushed.orElseGet(() -> routed(insert, table, columns, query, tails, context));
    return PlannedStatement.of(plan);
  }

  private static Plan routed(
      InsertStatement insert,
      Distributed table,
      List<Column> columns,
      Phrase query,
      InsertTails tails,
      PlanContext context) {
    if (insert.with().contains("insert")
        || insert.with().contains("update")
        || insert.with().contains("delete")) {
      throw Unsupported.feature("a modifying WITH query in an INSERT into a distributed table");
    }
    EvaluatedRows evaluated = new EvaluatedRows(insert, table, columns);
    return new Plan.RoutedInsert(
        new Plan.Coordinator(
            evaluated.sqlOf(query, columns.size()),
            Plan.Use.BLOCK,
            Plan.Effects.NONE,
            "the query does not keep rows on their shard"),
        Shards.target(context.catalog(), table),
        evaluated.columnNames(),
        evaluated.keyIndex(),
        tails.forAnyShard());
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
