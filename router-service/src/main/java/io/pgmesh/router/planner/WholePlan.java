package io.pgmesh.router.planner;

import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.router.planner.StatementPlanner.Bound;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.sql.Phrase;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A query or a change that goes to the coordinator database as the client wrote it, whatever its
 * constants are.
 */
record WholePlan(Plan.Coordinator plan) implements PlannedStatement {

  /** Of a text that is not as the client wrote it a constant may have become a part. */
  static PlannedStatement of(Plan.Coordinator plan, Phrase statement) {
    return plan.sql().equals(SqlText.unchanged(statement.sql()))
        ? new WholePlan(plan)
        : PlannedStatement.of(plan);
  }

  @Override
  public Bound bind(Arguments arguments, List<Integer> hashes) {
    return new Bound.Ready(plan);
  }

  @Override
  public long heldBytes() {
    return PlanSize.of(plan);
  }

  /** What changes plans over shards leaves this one as it is. */
  @Override
  public PlannedStatement changed(UnaryOperator<Plan> change) {
    Plan changed = change.apply(plan);
    return changed.equals(plan) ? this : PlannedStatement.of(changed);
  }

  @Override
  public Optional<PlannedStatement> forConstantsOf(Phrase alike) {
    return Optional.of(
        new WholePlan(
            new Plan.Coordinator(
                SqlText.unchanged(alike.sql()),
                plan.use(),
                plan.effects(),
                plan.reason(),
                plan.locks())));
  }
}
