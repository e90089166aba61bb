package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Effects;
import io.pgmesh.contracts.plan.Plan.Setting.Scope;
import io.pgmesh.contracts.plan.Plan.Use;
import io.pgmesh.contracts.plan.RowLocks;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.router.sql.ParsedStatement;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SqlWriter;
import io.pgmesh.router.sql.Statement;
import java.util.List;

/** Sends each kind of statement to the planner that knows it. */
public final class MeshPlanner implements StatementPlanner {

  @Override
  public boolean needsInspection(
      ParsedStatement statement, CatalogSnapshot catalog, SessionView session) {
    return !session.loopback()
        && switch (statement.statement()) {
          case Statement.Select s -> asksOfShards(statement, catalog);
          case Statement.Insert s -> asksOfShards(statement, catalog);
          case Statement.Update s -> asksOfShards(statement, catalog);
          case Statement.Delete s -> asksOfShards(statement, catalog);
          case Statement.Merge s -> MeshNames.mentioned(statement, catalog);
          case Statement.Copy s -> asksOfShards(statement, catalog);
          case Statement.Explain s -> asksOfShards(statement, catalog);
          case Statement.Ddl s ->
              MeshNames.mentionedWithIndexes(statement, catalog)
                  || GlobalObjects.ofTypes(s.text())
                  || ShellsCannotTell.mayPassBy(statement.sql());
          case Statement.Empty s -> false;
          case Statement.TransactionControl s -> false;
          case Statement.Setting s -> false;
          case Statement.DeclareCursor s -> true; // views may read shards
          case Statement.FetchCursor s -> false;
          case Statement.CloseCursor s -> false;
          case Statement.Prepare s -> asksOfShells(statement, catalog);
          case Statement.Execute s -> false;
          case Statement.Deallocate s -> false;
          case Statement.Utility s -> asksOfShells(statement, catalog);
          case Statement.Refused s -> false;
        };
  }

  @Override
  public List<String> calledFunctions(ParsedStatement statement, CatalogSnapshot catalog) {
    return MeshNames.called(statement, catalog);
  }

  @Override
  public Plan inParts(
      Plan.Coordinator plan,
      ParsedStatement statement,
      Inspection inspection,
      CatalogSnapshot catalog,
      SessionView session) {
    return statement.statement() instanceof Statement.Select(var query)
        ? CoordinatorReads.inParts(plan, query, new PlanContext(inspection, catalog, session))
        : plan;
  }

  private static boolean asksOfShells(ParsedStatement statement, CatalogSnapshot catalog) {
    return ShellsCannotTell.mayAsk(statement.sql()) && asksOfShards(statement, catalog);
  }

  /** It names tables of the mesh, or locks rows of views that may read them. */
  private static boolean asksOfShards(ParsedStatement statement, CatalogSnapshot catalog) {
    return MeshNames.mentioned(statement, catalog) || ShellsCannotTell.mayPassBy(statement.sql());
  }

  @Override
  public PlannedStatement plan(
      ParsedStatement statement,
      Inspection inspection,
      CatalogSnapshot catalog,
      SessionView session) {
    PlanContext context = new PlanContext(inspection, catalog, session);
    MeshSettingTexts.checkDefinition(statement.statement());
    PlannedStatement planned =
        plan(statement.statement(), SqlText.unchanged(statement.sql()), context);
    return session.loopback() ? planned : ConfigCalls.noted(statement, planned, session);
  }

  private static PlannedStatement plan(Statement statement, SqlText sql, PlanContext context) {
    return switch (statement) {
      case Statement.Empty() -> PlannedStatement.of(new Plan.Coordinator(sql, Use.READ));
      case Statement.Select(var text) ->
          TransactionTime.in(SelectPlanner.plan(text, context), text, context);
      case Statement.Insert(var text) -> change(InsertPlanner.plan(text, context), text, context);
      case Statement.Update(var text) -> change(ModifyPlanner.plan(text, context), text, context);
      case Statement.Delete(var text) -> change(ModifyPlanner.plan(text, context), text, context);
      case Statement.Merge(var text) -> withoutDistributed("MERGE", text, sql, context);
      case Statement.Copy(var text) -> CopyPlanner.plan(text, context);
      case Statement.TransactionControl(var verb, var savepoint) ->
          PlannedStatement.of(new Plan.Transaction(verb, savepoint, sql));
      case Statement.Setting(var name, var scope) ->
          PlannedStatement.of(
              name.equals("constraints") && scope == Scope.TRANSACTION
                  ? ConstraintModes.plan(name, sql, context)
                  : MeshSettingTexts.setting(name, scope, sql));
      case Statement.Explain explain -> ExplainPlanner.plan(explain, sql, context);
      case Statement.DeclareCursor declare -> declare(declare, context);
      case Statement.FetchCursor(var name, var count) ->
          context.session().loopback()
              ? PlannedStatement.of(new Plan.FetchCursor(name, count))
              : PlannedStatement.of(new Plan.Coordinator(sql, Use.BLOCK, Effects.CURSOR, ""));
      case Statement.CloseCursor(var name) ->
          context.session().loopback()
              ? PlannedStatement.of(new Plan.CloseCursor(name))
              : PlannedStatement.of(new Plan.Coordinator(sql, Use.READ, Effects.CURSOR, ""));
      case Statement.Ddl(var text) -> DdlPlanner.plan(text, context);
      case Statement.Prepare prepare ->
          PlannedStatement.of(
              new Plan.Coordinator(
                  ShellText.around(prepare.query(), context), Use.READ, Effects.SESSION, ""));
      case Statement.Execute execute -> PlannedStatement.of(new Plan.Coordinator(sql, Use.BLOCK));
      case Statement.Deallocate one -> PlannedStatement.of(new Plan.Coordinator(sql, Use.READ));
      case Statement.Utility(var text, var use, var effects) ->
          PlannedStatement.of(
              new Plan.Coordinator(
                  utility(text, sql, context), use, effects, "", locks(text, context)));
      case Statement.Refused(var what) -> throw Unsupported.feature(what);
    };
  }

  private static PlannedStatement change(
      PlannedStatement planned, Phrase text, PlanContext context) {
    return TransactionTime.in(AnonymousRows.ofChange(planned, text, context), text, context);
  }

  /** Plans a statement inside another one. */
  static PlannedStatement inner(Statement statement, Phrase text, PlanContext context) {
    return plan(statement, new SqlWriter().copy(text).build(), context);
  }

  private static PlannedStatement withoutDistributed(
      String what, Phrase text, SqlText sql, PlanContext context) {
    boolean distributed =
        text.names().stream()
            .flatMap(name -> context.meshTable(name).stream())
            .anyMatch(table -> table instanceof Distributed);
    if (distributed || context.session().loopback()) {
      throw Unsupported.feature(what + " on a distributed table");
    }
    return PlannedStatement.of(new Plan.Coordinator(sql, Use.BLOCK));
  }

  /** What users wrote may change rows, and so has to wait for them. */
  private static RowLocks locks(Phrase utility, PlanContext context) {
    return switch (utility.first().value()) {
      case "do", "call" -> RowLocks.WAIT;
      case "select", "with" -> WaitMarks.unmarked(ShellText.withoutInto(utility), context);
      default -> RowLocks.NONE;
    };
  }

  private static SqlText utility(Phrase text, SqlText sql, PlanContext context) {
    return switch (text.first().value()) {
      case "do" -> ShellText.withBodies(text, context);
      case "select", "with" -> ShellText.of(ShellText.withoutInto(text), context); // INTO
      default -> sql;
    };
  }

  private static PlannedStatement declare(Statement.DeclareCursor declare, PlanContext context) {
    if (!context.session().loopback()) {
      return PlannedStatement.of(CursorDeclaration.plan(declare, context));
    }
    PlannedStatement query = SelectPlanner.plan(declare.query(), context);
    RowLocks locks = WaitMark.of(declare.query());
    return (arguments, hashes) ->
        switch (query.bind(arguments, hashes)) {
          case Bound.Ready(var plan) ->
              new Bound.Ready(new Plan.DeclareCursor(declare.name(), plan, locks));
          case Bound.NeedsHash needed -> needed;
        };
  }
}
