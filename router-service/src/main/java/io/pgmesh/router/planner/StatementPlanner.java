package io.pgmesh.router.planner;

import io.pgmesh.contracts.api.SessionEvent.Relation;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.router.sql.ParsedStatement;
import io.pgmesh.router.sql.Phrase;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A statement and the shard map become a plan. Pure: asks nobody, keeps nothing. */
public interface StatementPlanner {

  /**
   * Whether the statement must be inspected by the coordinator database before it can be planned.
   */
  boolean needsInspection(ParsedStatement statement, CatalogSnapshot catalog, SessionView session);

  /**
   * @param inspection {@link Inspection#NONE} when none was needed
   * @throws io.pgmesh.contracts.error.SqlError 0A000 what the mesh does not do yet, 42601 and
   *     others as PostgreSQL
   */
  PlannedStatement plan(
      ParsedStatement statement,
      Inspection inspection,
      CatalogSnapshot catalog,
      SessionView session);

  /** Names that may be functions', those that stand behind a table's as columns do among them. */
  default List<String> calledFunctions(ParsedStatement statement, CatalogSnapshot catalog) {
    return statement.functions();
  }

  /** The same plan for a client that takes the rows in parts, and may change them in between. */
  default Plan inParts(
      Plan.Coordinator plan,
      ParsedStatement statement,
      Inspection inspection,
      CatalogSnapshot catalog,
      SessionView session) {
    return plan;
  }

  /**
   * What the coordinator database says of a statement's names and parameters.
   *
   * @param anonymousRows whether a column's type is record, or an array of it
   */
  record Inspection(
      List<Long> parameterTypes,
      List<Relation> relations,
      boolean userFunctions,
      boolean volatileFunctions,
      boolean anonymousRows) {
    public static final Inspection NONE = new Inspection(List.of(), List.of(), false, false);

    public Inspection(
        List<Long> parameterTypes,
        List<Relation> relations,
        boolean userFunctions,
        boolean volatileFunctions) {
      this(parameterTypes, relations, userFunctions, volatileFunctions, false);
    }

    public Inspection {
      parameterTypes = List.copyOf(parameterTypes);
      relations = List.copyOf(relations);
    }
  }

  /**
   * What planning must know of the session.
   *
   * @param readOnly the open transaction may not write, not even a temporary table
   * @param wroteReference see {@link io.pgmesh.contracts.api.SessionEvent.State}
   * @param loopback the session is the coordinator database calling back
   */
  record SessionView(
      boolean inTransaction, boolean readOnly, boolean wroteReference, boolean loopback) {
    public static final SessionView PLAIN = new SessionView(false, false, false, false);
  }

  /**
   * A plan but for the values of the parameters. Good until the catalog's epoch or the session's
   * settings change.
   */
  interface PlannedStatement {

    /** A plan that no parameter changes. */
    static PlannedStatement of(Plan plan) {
      return new FixedPlan(new Bound.Ready(plan));
    }

    /**
     * @param hashes answers to a {@link NeedsHash} of an earlier call, empty at first
     */
    Bound bind(Arguments arguments, List<Integer> hashes);

    /** The same with another plan made of each that it becomes. */
    default PlannedStatement changed(UnaryOperator<Plan> change) {
      return (arguments, hashes) ->
          switch (bind(arguments, hashes)) {
            case Bound.Ready(var plan) -> new Bound.Ready(change.apply(plan));
            case Bound.NeedsHash needed -> needed;
          };
    }

    /** About how much memory it takes beyond its text's, in bytes; more when it has been bound. */
    default long heldBytes() {
      return 0;
    }

    /**
     * The same plan for a text that differs from this one's in some constants only, as {@link
     * io.pgmesh.router.sql.StatementShape} tells; empty where planning has looked at constants that
     * may differ.
     */
    default Optional<PlannedStatement> forConstantsOf(Phrase alike) {
      return Optional.empty();
    }

    /**
     * As {@link #forConstantsOf}, but its servers' texts have parameters where the text has
     * constants, as {@link io.pgmesh.router.sql.LiftedConstants} tells.
     */
    default Optional<PlannedStatement> withParametersFor(Phrase alike) {
      return Optional.empty();
    }

    /** Values of the parameters that constants of the text have become. */
    default Arguments constants() {
      return Arguments.NONE;
    }
  }

  /** A plan, or the question that must be answered first. */
  sealed interface Bound {
    record Ready(Plan plan) implements Bound {}

    /** Values whose hash Java cannot compute; ask the coordinator database, then bind again. */
    record NeedsHash(String type, List<String> values) implements Bound {}
  }
}
