package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.catalog.MeshTable.Reference;
import io.pgmesh.contracts.catalog.Node;
import io.pgmesh.contracts.plan.Server;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which worker reads the shards of one index of a colocation group. */
record ShardServers(CatalogSnapshot catalog, List<Distributed> tables, List<Reference> references) {

  /** The first active worker with all of them; empty when there is none. */
  Optional<Server> at(int index) {
    List<Integer> groups = new ArrayList<>(tables.getFirst().shards().get(index).groups());
    tables.forEach(table -> groups.retainAll(table.shards().get(index).groups()));
    references.forEach(reference -> groups.retainAll(reference.liveGroups()));
    return groups.stream()
        .filter(group -> catalog.node(group).filter(Node::active).isPresent())
        .findFirst()
        .map(group -> Shards.server(catalog, group));
  }

  /** The indexes that each of them reads. */
  Map<Server, List<Integer>> byServer(List<Integer> shards) {
    Map<Server, List<Integer>> byServer = new LinkedHashMap<>();
    for (int index : shards) {
      byServer.computeIfAbsent(at(index).orElseThrow(), s -> new ArrayList<>()).add(index);
    }
    return byServer;
  }

  int count() {
    return tables.getFirst().shards().size();
  }

  boolean complete() {
    for (int i = 0; i < count(); i++) {
      if (at(i).isEmpty()) {
        return false;
      }
    }
    return true;
  }
}
