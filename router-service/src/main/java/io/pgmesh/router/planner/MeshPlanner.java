package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Effects;
import io.pgmesh.contracts.plan.Plan.Use;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.router.sql.ParsedStatement;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Statement;

/** Sends each kind of statement to the planner that knows it. */
public final class MeshPlanner implements StatementPlanner {

  @Override
  public boolean needsInspection(
      ParsedStatement statement, CatalogSnapshot catalog, SessionView session) {
    return !session.loopback()
        && switch (statement.statement()) {
          case Statement.Select s -> MeshNames.mentioned(statement, catalog);
          case Statement.Insert s -> MeshNames.mentioned(statement, catalog);
          case Statement.Update s -> MeshNames.mentioned(statement, catalog);
          case Statement.Delete s -> MeshNames.mentioned(statement, catalog);
          case Statement.Merge s -> MeshNames.mentioned(statement, catalog);
          case Statement.Copy s -> MeshNames.mentioned(statement, catalog);
          case Statement.Explain s -> MeshNames.mentioned(statement, catalog);
          case Statement.Ddl s -> MeshNames.mentionedWithIndexes(statement, catalog);
          case Statement.Empty s -> false;
          case Statement.TransactionControl s -> false;
          case Statement.Setting s -> false;
          case Statement.DeclareCursor s -> false;
          case Statement.FetchCursor s -> false;
          case Statement.CloseCursor s -> false;
          case Statement.Utility s -> false;
          case Statement.Refused s -> false;
        };
  }

  @Override
  public PlannedStatement plan(
      ParsedStatement statement,
      Inspection inspection,
      CatalogSnapshot catalog,
      SessionView session) {
    PlanContext context = new PlanContext(inspection, catalog, session);
    return plan(statement.statement(), SqlText.unchanged(statement.sql()), context);
  }

  private static PlannedStatement plan(Statement statement, SqlText sql, PlanContext context) {
    return switch (statement) {
      case Statement.Empty() -> ready(new Plan.Coordinator(sql, Use.READ));
      case Statement.Select(var text) -> SelectPlanner.plan(text, context);
      case Statement.Insert(var text) -> InsertPlanner.plan(text, context);
      case Statement.Update(var text) -> ModifyPlanner.plan(text, context);
      case Statement.Delete(var text) -> ModifyPlanner.plan(text, context);
      case Statement.Merge(var text) -> withoutDistributed("MERGE", text, sql, context);
      case Statement.Copy(var text) -> CopyPlanner.plan(text, context);
      case Statement.TransactionControl(var verb, var savepoint) ->
          ready(new Plan.Transaction(verb, savepoint, sql));
      case Statement.Setting(var name, var scope) -> ready(new Plan.Setting(name, scope, sql));
      case Statement.Explain explain -> ExplainPlanner.plan(explain, sql, context);
      case Statement.DeclareCursor declare -> declare(declare, sql, context);
      case Statement.FetchCursor(var name, var count) ->
          context.session().loopback()
              ? ready(new Plan.FetchCursor(name, count))
              : ready(new Plan.Coordinator(sql, Use.BLOCK));
      case Statement.CloseCursor(var name) ->
          context.session().loopback()
              ? ready(new Plan.CloseCursor(name))
              : ready(new Plan.Coordinator(sql, Use.READ));
      case Statement.Ddl(var text) -> DdlPlanner.plan(text, context);
      case Statement.Utility(var text, var use, var effects) ->
          ready(new Plan.Coordinator(sql, use, effects, ""));
      case Statement.Refused(var what) -> throw Unsupported.feature(what);
    };
  }

  /** Plans a statement inside another one. */
  static PlannedStatement inner(Statement statement, Phrase text, PlanContext context) {
    return plan(statement, new SqlTextOf(text).sql(), context);
  }

  private record SqlTextOf(Phrase text) {
    SqlText sql() {
      return new io.pgmesh.router.sql.SqlWriter().copy(text).build();
    }
  }

  static PlannedStatement ready(Plan plan) {
    return (arguments, hashes) -> new Bound.Ready(plan);
  }

  private static PlannedStatement withoutDistributed(
      String what, Phrase text, SqlText sql, PlanContext context) {
    boolean distributed =
        text.names().stream()
            .flatMap(name -> context.meshTable(name).stream())
            .anyMatch(table -> table instanceof io.pgmesh.contracts.catalog.MeshTable.Distributed);
    if (distributed || context.session().loopback()) {
      throw Unsupported.feature(what + " on a distributed table");
    }
    return ready(new Plan.Coordinator(sql, Use.BLOCK));
  }

  private static PlannedStatement declare(
      Statement.DeclareCursor declare, SqlText sql, PlanContext context) {
    if (!context.session().loopback()) {
      Effects effects = declare.holds() ? Effects.SESSION : Effects.NONE;
      return ready(new Plan.Coordinator(sql, Use.BLOCK, effects, ""));
    }
    PlannedStatement query = SelectPlanner.plan(declare.query(), context);
    return (arguments, hashes) ->
        switch (query.bind(arguments, hashes)) {
          case Bound.Ready(var plan) ->
              new Bound.Ready(new Plan.DeclareCursor(declare.name(), plan));
          case Bound.NeedsHash needed -> needed;
        };
  }
}
