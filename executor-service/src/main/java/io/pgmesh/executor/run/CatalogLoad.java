package io.pgmesh.executor.run;

import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.executor.worker.RowReader;
import io.vertx.core.Future;
import io.vertx.core.json.jackson.DatabindCodec;

/** Loads the catalog as the session's transaction sees it. */
final class CatalogLoad {
  private CatalogLoad() {}

  static Future<SessionEvent> run(Session session, SessionCommand.LoadCatalog command) {
    return Inspection.onCoordinator(
            session,
            connection -> RowReader.query(connection, "SELECT pgmesh.catalog_snapshot()::text"))
        .map(rows -> decode(rows.getFirst().getFirst()))
        .map(
            catalog ->
                new SessionEvent.CatalogLoaded(command.channel(), command.statement(), catalog));
  }

  private static CatalogSnapshot decode(String json) {
    try {
      return DatabindCodec.mapper().readValue(json, CatalogSnapshot.class);
    } catch (java.io.IOException e) {
      throw new IllegalStateException("the coordinator database's catalog cannot be read", e);
    }
  }
}
