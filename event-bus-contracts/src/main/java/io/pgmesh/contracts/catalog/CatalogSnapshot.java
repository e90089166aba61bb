package io.pgmesh.contracts.catalog;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import java.util.Optional;

/**
 * The catalog at one moment, immutable. Loaded from the JSON that the function {@code
 * pgmesh.catalog_snapshot()} of the coordinator database returns, by the metadata service for
 * everybody and by a session for itself inside a transaction that changed the catalog.
 *
 * @param epoch grows with every committed change of the catalog or of any schema object
 * @param nodes workers and the coordinator (group 0), in order of node id
 * @param tables distributed and reference tables; whatever is not here is local
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record CatalogSnapshot(long epoch, List<Node> nodes, List<MeshTable> tables) {

  public static final CatalogSnapshot EMPTY = new CatalogSnapshot(0, List.of(), List.of());

  public CatalogSnapshot {
    nodes = List.copyOf(nodes);
    tables = List.copyOf(tables);
  }

  public Optional<MeshTable> table(long oid) {
    return tables.stream().filter(table -> table.oid() == oid).findFirst();
  }

  public Optional<Node> node(int groupId) {
    return nodes.stream().filter(node -> node.groupId() == groupId).findFirst();
  }

  /** Active workers that may hold shards and replicas, in order of node id. */
  public List<Node> workers() {
    return nodes.stream()
        .filter(node -> node.groupId() != Node.COORDINATOR_GROUP && node.active())
        .toList();
  }
}
