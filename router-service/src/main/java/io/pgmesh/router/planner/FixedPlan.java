package io.pgmesh.router.planner;

import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.router.planner.StatementPlanner.Bound;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import java.util.List;
import java.util.function.UnaryOperator;

/** A plan that no parameter changes. */
record FixedPlan(Bound.Ready ready) implements PlannedStatement {
  @Override
  public Bound bind(Arguments arguments, List<Integer> hashes) {
    return ready;
  }

  @Override
  public long heldBytes() {
    return PlanSize.of(ready.plan());
  }

  @Override
  public PlannedStatement changed(UnaryOperator<Plan> change) {
    return new FixedPlan(new Bound.Ready(change.apply(ready.plan())));
  }
}
