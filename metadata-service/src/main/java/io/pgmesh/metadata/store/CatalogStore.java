package io.pgmesh.metadata.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.vertx.core.Future;
import io.vertx.core.json.jackson.DatabindCodec;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.util.List;

/** The installed catalog of the coordinator database. */
public final class CatalogStore {
  private final Pool pool;

  public CatalogStore(Pool pool) {
    this.pool = pool;
  }

  /** The catalog as it is committed now, under the present epoch. */
  public Future<CatalogSnapshot> load() {
    return pool.query("SELECT pgmesh.catalog_snapshot()::text")
        .execute()
        .map(rows -> decode(rows.iterator().next().getString(0)));
  }

  /** Forgets relations that are gone, begins a new epoch and loads. */
  public Future<CatalogSnapshot> refresh() {
    return pool.query("SELECT pgmesh.forget_dropped(), nextval('pgmesh.epoch')")
        .execute()
        .compose(begun -> load());
  }

  /**
   * Brings the nodes' addresses up to date.
   *
   * @return the positions, from 1, of the workers that were never added
   */
  public Future<List<Integer>> placeNodes(Address coordinator, List<Address> workers) {
    var hosts = workers.stream().map(Address::host).toArray(String[]::new);
    var ports = workers.stream().map(Address::port).toArray(Integer[]::new);
    return pool.preparedQuery("SELECT pgmesh.place_nodes($1, $2, $3, $4)")
        .execute(Tuple.of(coordinator.host(), coordinator.port(), hosts, ports))
        .map(rows -> rows.stream().map(row -> row.getInteger(0)).toList());
  }

  private static CatalogSnapshot decode(String json) {
    try {
      return DatabindCodec.mapper().readValue(json, CatalogSnapshot.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot decode the catalog", e);
    }
  }
}
