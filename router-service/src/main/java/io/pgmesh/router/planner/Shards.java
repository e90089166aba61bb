package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.catalog.Node;
import io.pgmesh.contracts.catalog.Shard;
import io.pgmesh.contracts.catalog.ShardNames;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Plan.ShardTarget;
import io.pgmesh.contracts.plan.Plan.ShardedTarget;
import io.pgmesh.contracts.plan.Server;
import java.util.ArrayList;
import java.util.List;

/** Where shards are and what they are called. */
final class Shards {
  private Shards() {}

  static Server server(CatalogSnapshot catalog, int groupId) {
    Node node =
        catalog
            .node(groupId)
            .orElseThrow(
                () ->
                    new SqlError(
                        SqlState.INTERNAL_ERROR, "the catalog has no node for group " + groupId));
    return new Server(groupId, node.host(), node.port());
  }

  /** The one server that holds a shard, for writing. */
  static Server writer(CatalogSnapshot catalog, Shard shard) {
    if (shard.groups().size() > 1) {
      throw Unsupported.because(
          "writing to a table with more than one placement per shard",
          "Create the table with citus.shard_replication_factor = 1.");
    }
    return server(catalog, shard.groups().getFirst());
  }

  /** The shard and those that its foreign keys tie it to: ids that errors may name. */
  static List<Long> ids(CatalogSnapshot catalog, Distributed table, Shard shard) {
    List<Long> ids = new ArrayList<>(List.of(shard.shardId()));
    int index = table.shards().indexOf(shard);
    for (MeshTable other : catalog.tables()) {
      if (other instanceof Distributed near
          && near.oid() != table.oid()
          && near.colocationId() == table.colocationId()
          && near.shards().size() == table.shards().size()
          && (refers(near, table) || refers(table, near))) {
        ids.add(near.shards().get(index).shardId());
      }
    }
    return ids;
  }

  private static boolean refers(MeshTable from, MeshTable to) {
    return from.constraints().stream().anyMatch(link -> link.references() == to.oid());
  }

  /** The shard's relation on its worker, qualified and quoted. */
  static String relation(Distributed table, Shard shard) {
    return Identifiers.qualified(table.schema(), ShardNames.of(table.name(), shard.shardId()));
  }

  /** Whether all rows are in one shard, so that no distribution column places them. */
  static boolean isSingle(Distributed table) {
    return table.shards().size() == 1;
  }

  static ShardedTarget target(CatalogSnapshot catalog, Distributed table) {
    List<ShardTarget> shards =
        table.shards().stream()
            .map(
                shard ->
                    new ShardTarget(
                        writer(catalog, shard),
                        shard.shardId(),
                        shard.minHash(),
                        relation(table, shard)))
            .toList();
    return isSingle(table)
        ? new ShardedTarget(table.name(), 0, "", shards)
        : new ShardedTarget(table.name(), table.key().typeOid(), table.key().type(), shards);
  }
}
