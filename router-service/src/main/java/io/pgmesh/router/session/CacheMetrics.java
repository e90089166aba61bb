package io.pgmesh.router.session;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.LongAdder;

/** What the statement caches of all routers of a node do. */
public final class CacheMetrics {
  private final Counter hits;
  private final Counter misses;
  private final Counter evictions;
  private final LongAdder entries = new LongAdder();
  private final LongAdder bytes = new LongAdder();

  public CacheMetrics(MeterRegistry registry) {
    hits =
        counter(registry, "hits", "Executions whose plan was made before, maybe for other values");
    misses = counter(registry, "misses", "Executions whose statement was read and planned");
    evictions = counter(registry, "evictions", "Statements that went because space was needed");
    Gauge.builder("pgmesh.statement.cache.entries", entries, LongAdder::sum)
        .description("Statements kept by all sessions")
        .register(registry);
    Gauge.builder("pgmesh.statement.cache.bytes", bytes, LongAdder::sum)
        .description("About what they take of memory")
        .register(registry);
  }

  private static Counter counter(MeterRegistry registry, String name, String description) {
    return Counter.builder("pgmesh.statement.cache." + name)
        .description(description)
        .register(registry);
  }

  void hit() {
    hits.increment();
  }

  void missed() {
    misses.increment();
  }

  void evicted() {
    evictions.increment();
  }

  void entries(long more) {
    entries.add(more);
  }

  void bytes(long more) {
    bytes.add(more);
  }
}
