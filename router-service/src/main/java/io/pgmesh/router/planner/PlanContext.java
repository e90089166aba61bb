package io.pgmesh.router.planner;

import io.pgmesh.contracts.api.SessionEvent.Relation;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.router.planner.StatementPlanner.Inspection;
import io.pgmesh.router.planner.StatementPlanner.SessionView;
import io.pgmesh.router.sql.Phrase;
import java.util.List;
import java.util.Optional;

/** What is known when a statement is planned: names, catalog, session. */
record PlanContext(Inspection inspection, CatalogSnapshot catalog, SessionView session) {

  /** The schema under which a loopback session names mesh tables by their oid. */
  static final String SHELL_SCHEMA = "pgmesh_shell";

  /** The mesh table that a name means; empty for any other relation and for none. */
  Optional<MeshTable> meshTable(Phrase name) {
    List<String> parts = name.identifiers();
    if (session.loopback() && parts.size() == 2 && parts.getFirst().equals(SHELL_SCHEMA)) {
      return catalog.table(Long.parseLong(parts.getLast()));
    }
    return relation(name).flatMap(relation -> catalog.table(relation.oid()));
  }

  /** The distributed table that a name means; empty for anything else. */
  Optional<Distributed> distributed(Phrase name) {
    return meshTable(name).filter(Distributed.class::isInstance).map(Distributed.class::cast);
  }

  /** Whether a text names a distributed table. */
  boolean namesDistributed(Phrase text) {
    return text.names().stream().anyMatch(name -> distributed(name).isPresent());
  }

  /** What a name means in the coordinator database; empty when there is no such relation. */
  Optional<Relation> relation(Phrase name) {
    String asked = name.text();
    return inspection.relations().stream()
        .filter(relation -> relation.oid() != 0 && relation.asked().equals(asked))
        .findFirst();
  }

  /** Whether the role may write columns of this table that its statement does not name. */
  boolean mayInsert(MeshTable table) {
    return inspection.relations().stream()
        .filter(relation -> relation.oid() == table.oid())
        .allMatch(Relation::insertable);
  }

  /** The table that has an index or constraint's index of this name. */
  Optional<MeshTable> tableOfIndex(Phrase name) {
    return relation(name)
        .flatMap(
            index ->
                catalog.tables().stream()
                    .filter(table -> table.schema().equals(index.schema()))
                    .filter(table -> table.indexes().contains(index.name()))
                    .findFirst());
  }
}
