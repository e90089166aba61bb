package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.sql.Phrase;
import java.util.Optional;

/** INSERT, UPDATE and DELETE of tables that the coordinator database holds itself. */
final class CoordinatorWrites {
  private CoordinatorWrites() {}

  /**
   * @param table that is written, where it is a reference table
   */
  static PlannedStatement plan(Phrase statement, Optional<MeshTable> table, PlanContext context) {
    return WholePlan.of(
        new Plan.Coordinator(
            ShellText.ofChange(statement, context),
            Plan.Use.BLOCK,
            Plan.Effects.NONE,
            table.isPresent() ? "writes of a reference table run on its primary copy" : "",
            WaitMarks.unmarked(statement, context)),
        statement);
  }
}
