package io.pgmesh.router.session;

import io.pgmesh.contracts.api.SessionEvent.Inspected;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.planner.StatementPlanner.SessionView;
import io.pgmesh.router.sql.ParsedStatement;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A statement and what is known of it so far; kept as long as it is prepared or cached, looked at
 * anew when the {@link Basis} changes.
 */
public final class Prepared {
  private final ParsedStatement parsed;
  private final List<Long> declaredTypes;
  private Optional<Inspection> inspection = Optional.empty();
  private Optional<Planning> planning = Optional.empty();

  /**
   * What an inspection holds for, compared by identity.
   *
   * @param settings changes whenever a setting may have changed
   */
  record Basis(CatalogSnapshot catalog, Object settings) {
    boolean same(Basis other) {
      return catalog == other.catalog && settings == other.settings;
    }
  }

  private record Inspection(Basis basis, Inspected found) {}

  private record Planning(Basis basis, SessionView view, PlannedStatement planned) {}

  Prepared(ParsedStatement parsed, List<Long> declaredTypes) {
    this.parsed = parsed;
    this.declaredTypes = List.copyOf(declaredTypes);
  }

  /** The client's text of this statement. */
  public String sql() {
    return parsed.sql();
  }

  /** Parameter types as in Parse; fewer than parameters, or 0, where the client left them open. */
  public List<Long> declaredTypes() {
    return declaredTypes;
  }

  /** Parameter types as well as they are known. */
  public List<Long> knownTypes() {
    return inspection.map(known -> known.found.parameterTypes()).orElse(declaredTypes);
  }

  /** How many parameters it has, once it has been inspected. */
  public OptionalInt parameters() {
    return inspection
        .map(known -> OptionalInt.of(known.found.parameterTypes().size()))
        .orElseGet(OptionalInt::empty);
  }

  ParsedStatement parsed() {
    return parsed;
  }

  Optional<Inspected> inspected(Basis basis) {
    return inspection.filter(known -> known.basis.same(basis)).map(Inspection::found);
  }

  void inspected(Basis basis, Inspected found) {
    inspection = Optional.of(new Inspection(basis, found));
    planning = Optional.empty();
  }

  Optional<PlannedStatement> planned(Basis basis, SessionView view) {
    return planning
        .filter(known -> known.basis.same(basis) && known.view.equals(view))
        .map(Planning::planned);
  }

  void planned(Basis basis, SessionView view, PlannedStatement planned) {
    planning = Optional.of(new Planning(basis, view, planned));
  }
}
