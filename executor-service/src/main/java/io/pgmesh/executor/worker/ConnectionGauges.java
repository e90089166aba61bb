package io.pgmesh.executor.worker;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** How many connections all executors of a node have to each server. */
public final class ConnectionGauges {
  private final MeterRegistry registry;
  private final Map<Address, Counts> servers = new ConcurrentHashMap<>();

  /** Of one server, over all its pools. */
  static final class Counts {
    private final LongAdder open = new LongAdder();
    private final LongAdder inUse = new LongAdder();
    private final LongAdder waiting = new LongAdder();

    void add(int moreOpen, int moreInUse, int moreWaiting) {
      open.add(moreOpen);
      inUse.add(moreInUse);
      waiting.add(moreWaiting);
    }
  }

  public ConnectionGauges(MeterRegistry registry) {
    this.registry = registry;
  }

  Counts of(Address server) {
    return servers.computeIfAbsent(server, this::register);
  }

  private Counts register(Address server) {
    var counts = new Counts();
    gauge(server, "pgmesh.server.connections", counts.open, "Open connections to a server");
    gauge(server, "pgmesh.server.connections.in.use", counts.inUse, "Those that a session has");
    gauge(server, "pgmesh.server.waiting", counts.waiting, "Statements that wait for one");
    return counts;
  }

  private void gauge(Address server, String name, LongAdder value, String description) {
    Gauge.builder(name, value, LongAdder::sum)
        .description(description)
        .tag("server", server.toString())
        .tag("part", server.part().name().toLowerCase(Locale.ROOT))
        .register(registry);
  }
}
