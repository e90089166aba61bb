package io.pgmesh.router.planner;

import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.router.sql.Statement;
import java.util.function.Supplier;

/**
 * The time of a statement that is all of its transaction: the transaction's own. The coordinator
 * database gets such a one in several messages and would have a later time for it.
 */
public final class LoneStatementTime {
  private LoneStatementTime() {}

  /**
   * The plan as it is run by itself.
   *
   * @param statement read only where the plan asks for the time
   */
  public static Plan in(Plan plan, Supplier<Statement> statement) {
    Plan changed = in(plan);
    return changed == plan || !asksNow(statement.get()) ? plan : changed;
  }

  /** The text of a view, for one, is kept as it is. */
  private static boolean asksNow(Statement statement) {
    return statement instanceof Statement.Select
        || statement instanceof Statement.Insert
        || statement instanceof Statement.Update
        || statement instanceof Statement.Delete
        || statement instanceof Statement.Merge;
  }

  private static Plan in(Plan plan) {
    if (plan instanceof Plan.Coordinator query) {
      return TransactionTime.mayAskForStatements(query.sql().text())
          ? query.with(TransactionTime.ofLoneStatement(query.sql()))
          : plan;
    }
    if (plan instanceof Plan.RoutedInsert insert) {
      Plan source = in(insert.source());
      return source == insert.source()
          ? plan
          : new Plan.RoutedInsert(
              source, insert.target(), insert.columns(), insert.keyIndex(), insert.tail());
    }
    if (plan instanceof Plan.Timed(var timed, var ofStatement)) {
      Plan inner = in(timed);
      return inner == timed ? plan : new Plan.Timed(inner, ofStatement);
    }
    return plan;
  }
}
