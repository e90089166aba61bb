package io.pgmesh.router.app;

import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Transaction.Verb;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.router.planner.StatementPlanner;
import io.pgmesh.router.sql.ParsedStatement;
import java.util.Locale;
import java.util.Optional;

/** Leaves every statement to the coordinator database. */
final class CoordinatorOnlyPlanner implements StatementPlanner {
  @Override
  public boolean needsInspection(
      ParsedStatement statement, CatalogSnapshot catalog, SessionView session) {
    return false;
  }

  @Override
  public PlannedStatement plan(
      ParsedStatement statement,
      Inspection inspection,
      CatalogSnapshot catalog,
      SessionView session) {
    SqlText sql = SqlText.unchanged(statement.sql());
    Plan plan =
        verb(statement.sql())
            .<Plan>map(verb -> new Plan.Transaction(verb, "", sql))
            .orElseGet(() -> new Plan.Coordinator(sql, Plan.Use.NO_BLOCK));
    return (arguments, hashes) -> new Bound.Ready(plan);
  }

  private static Optional<Verb> verb(String sql) {
    return switch (sql.strip().split("[\\s;]", 2)[0].toLowerCase(Locale.ROOT)) {
      case "begin", "start" -> Optional.of(Verb.BEGIN);
      case "commit", "end" -> Optional.of(Verb.COMMIT);
      case "rollback", "abort" -> Optional.of(Verb.ROLLBACK);
      default -> Optional.empty();
    };
  }
}
