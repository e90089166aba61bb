package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.router.planner.StatementPlanner.Bound;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.sql.Phrase;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Statements with columns of type record. In binary their values name the types in them by oids,
 * which are a worker's own where users made the types; nothing else tells what they should be.
 */
record AnonymousRows(PlannedStatement asText, PlannedStatement asBinary)
    implements PlannedStatement {
  private static final long FIRST_USER_OID = 16384;
  private static final int BINARY = 1;

  /** A query: in binary the coordinator database answers. */
  static PlannedStatement ofQuery(PlannedStatement planned, Phrase query, PlanContext context) {
    return context.inspection().anonymousRows()
        ? new AnonymousRows(
            planned, CoordinatorReads.plan(query, context, "anonymous rows are wanted in binary"))
        : planned;
  }

  /** A change that returns rows: refused in binary where they may have users' types in them. */
  static PlannedStatement ofChange(PlannedStatement planned, Phrase change, PlanContext context) {
    boolean refused =
        context.inspection().anonymousRows()
            && change.names().stream()
                .flatMap(name -> context.distributed(name).stream())
                .anyMatch(AnonymousRows::hasUserTypes);
    return refused ? new AnonymousRows(planned, AnonymousRows::refuse) : planned;
  }

  private static boolean hasUserTypes(MeshTable table) {
    return table.columns().stream().anyMatch(column -> column.typeOid() >= FIRST_USER_OID);
  }

  private static Bound refuse(Arguments arguments, List<Integer> hashes) {
    throw Unsupported.because(
        "RETURNING of anonymous rows in binary from a table with columns of users' types",
        "Ask for text, or cast the rows to a type.");
  }

  @Override
  public Bound bind(Arguments arguments, List<Integer> hashes) {
    boolean binary = arguments.resultFormats().contains(BINARY);
    return (binary ? asBinary : asText).bind(arguments, hashes);
  }

  @Override
  public long heldBytes() {
    return asText.heldBytes() + asBinary.heldBytes();
  }

  @Override
  public PlannedStatement changed(UnaryOperator<Plan> change) {
    return new AnonymousRows(asText.changed(change), asBinary.changed(change));
  }
}
