package io.pgmesh.router.session;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import java.util.concurrent.atomic.AtomicInteger;

/** Bounds the clients of all verticles of a router together. */
public final class ClientLimit {
  private final int maxClients;
  private final AtomicInteger clients = new AtomicInteger();

  public ClientLimit(int maxClients, MeterRegistry metrics) {
    this.maxClients = maxClients;
    Gauge.builder("pgmesh.client.connections", clients, AtomicInteger::get)
        .description("Clients of both endpoints")
        .register(metrics);
    Gauge.builder("pgmesh.client.connections.limit", () -> maxClients)
        .description("How many there may be")
        .register(metrics);
  }

  /**
   * @throws SqlError 53300 no more room
   */
  public void enter() {
    if (clients.incrementAndGet() > maxClients) {
      clients.decrementAndGet();
      throw new SqlError(
          ErrorFields.fatal(SqlState.TOO_MANY_CONNECTIONS, "sorry, too many clients already"));
    }
  }

  public void leave() {
    clients.decrementAndGet();
  }

  public int clients() {
    return clients.get();
  }
}
