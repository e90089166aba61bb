package io.pgmesh.router.session;

import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.plan.Plan;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The catalog as functions of the coordinator database told it, which undoing a savepoint takes
 * back.
 */
final class AdoptedCatalog {
  private final Map<String, Optional<CatalogSnapshot>> atSavepoints = new HashMap<>();
  private Optional<CatalogSnapshot> current = Optional.empty();

  Optional<CatalogSnapshot> current() {
    return current;
  }

  void adopt(CatalogSnapshot catalog) {
    current = Optional.of(catalog);
  }

  /** A verb of the transaction was run. */
  void note(Plan.Transaction plan) {
    switch (plan.verb()) {
      case SAVEPOINT -> atSavepoints.put(plan.savepoint(), current);
      case RELEASE -> atSavepoints.remove(plan.savepoint());
      case ROLLBACK_TO -> current = atSavepoints.getOrDefault(plan.savepoint(), current);
      case BEGIN, BEGIN_IMPLICIT, COMMIT, COMMIT_IMPLICIT, ROLLBACK -> atSavepoints.clear();
    }
  }
}
