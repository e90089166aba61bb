package io.pgmesh.router.planner;

import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Use;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.sql.Statement;

/** EXPLAIN. */
final class ExplainPlanner {
  private ExplainPlanner() {}

  static PlannedStatement plan(Statement.Explain explain, SqlText sql, PlanContext context) {
    return MeshPlanner.ready(new Plan.Coordinator(sql, analyzes(explain) ? Use.BLOCK : Use.READ));
  }

  static boolean analyzes(Statement.Explain explain) {
    return explain.options().contains("analyze") || explain.options().contains("analyse");
  }
}
