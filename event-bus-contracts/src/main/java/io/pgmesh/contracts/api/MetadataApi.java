package io.pgmesh.contracts.api;

import io.pgmesh.contracts.bus.Endpoint;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import java.time.Duration;

/** What the active metadata service answers and publishes. */
public interface MetadataApi {

  /** Asks for the newest snapshot. */
  record GetCatalog() {}

  Endpoint<GetCatalog, CatalogSnapshot> CATALOG =
      new Endpoint<>("metadata.catalog.v1", Duration.ofSeconds(10));

  /** Something that the catalog depends on was committed: load it again, publish it, answer it. */
  record Refresh() {}

  Endpoint<Refresh, CatalogSnapshot> REFRESH =
      new Endpoint<>("metadata.refresh.v1", Duration.ofSeconds(30));

  /** Something may have been committed of which nobody has told yet: look, and answer. */
  record Look() {}

  Endpoint<Look, CatalogSnapshot> LOOK = new Endpoint<>("metadata.look.v1", Duration.ofSeconds(10));

  /** Every new {@link CatalogSnapshot} is published here. */
  String CATALOG_CHANGED = "metadata.catalog.changed.v1";
}
