package io.pgmesh.router.planner;

import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.sql.Phrase;

/** SELECT: the cheapest tier that is certain to be right. */
final class SelectPlanner {
  private SelectPlanner() {}

  static PlannedStatement plan(Phrase query, PlanContext context) {
    if (context.session().loopback()) {
      return LoopbackSelect.plan(query, context);
    }
    boolean mesh = query.names().stream().anyMatch(name -> context.meshTable(name).isPresent());
    return CoordinatorReads.plan(query, context, mesh ? "not planned on workers yet" : "");
  }
}
