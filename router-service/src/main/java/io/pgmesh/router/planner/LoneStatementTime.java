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
          ? new Plan.Coordinator(
              TransactionTime.ofLoneStatement(query.sql()),
              query.use(),
              query.effects(),
              query.reason(),
              query.locks())
          : plan;
    }
    if (plan instanceof Plan.RoutedInsert insert) {
      return new Plan.RoutedInsert(
          in(insert.source()), insert.target(), insert.columns(), insert.keyIndex(), insert.tail());
    }
    return plan instanceof Plan.Timed(var timed, var ofStatement)
        ? new Plan.Timed(in(timed), ofStatement)
        : plan;
  }
}
