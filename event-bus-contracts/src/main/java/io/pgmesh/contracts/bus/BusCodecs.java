package io.pgmesh.contracts.bus;

import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.pgmesh.contracts.api.ExecutorApi;
import io.pgmesh.contracts.api.MetadataApi;
import io.pgmesh.contracts.api.ReplicationApi;
import io.pgmesh.contracts.api.RouterApi;
import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.Plan;
import io.vertx.core.Vertx;
import io.vertx.core.json.jackson.DatabindCodec;
import java.util.ArrayList;
import java.util.List;

/**
 * Every type that crosses the event bus. Registered once per {@link Vertx}, before any verticle
 * starts.
 */
public final class BusCodecs {
  private BusCodecs() {}

  /** All record types that travel, sealed families spread out. */
  public static List<Class<?>> types() {
    var types = new ArrayList<Class<?>>();
    types.addAll(List.of(SessionCommand.class.getPermittedSubclasses()));
    types.addAll(List.of(SessionEvent.class.getPermittedSubclasses()));
    types.addAll(
        List.of(
            CatalogSnapshot.class,
            MetadataApi.GetCatalog.class,
            MetadataApi.Refresh.class,
            MetadataApi.Look.class,
            ReplicationApi.AwaitApplied.class,
            ReplicationApi.Applied.class,
            RouterApi.CancelRequest.class,
            RouterApi.CancelTaken.class,
            ExecutorApi.OpenSession.class,
            ExecutorApi.Opened.class,
            ExecutorApi.AttachLoopback.class,
            ExecutorApi.FindRole.class,
            ExecutorApi.FoundRole.class));
    return types;
  }

  /** Makes a {@link Vertx} able to send them. */
  public static void register(Vertx vertx) {
    DatabindCodec.mapper().registerModule(new Jdk8Module());
    DatabindCodec.mapper().registerSubtypes(Plan.class.getPermittedSubclasses());
    DatabindCodec.mapper().registerSubtypes(Gather.class.getPermittedSubclasses());
    types().forEach(type -> registerRecord(vertx, type));
    vertx.eventBus().registerDefaultCodec(SqlError.class, new SqlErrorCodec());
  }

  private static <T> void registerRecord(Vertx vertx, Class<T> type) {
    vertx.eventBus().registerDefaultCodec(type, new RecordCodec<>(type));
  }
}
