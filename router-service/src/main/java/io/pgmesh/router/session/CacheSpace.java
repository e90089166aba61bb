package io.pgmesh.router.session;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The memory that the statement caches of all sessions of one router take together. When there is
 * not enough, what was not used for longest goes, whosever it is. Touched on the router's context
 * only.
 */
public final class CacheSpace {
  private final long maxBytes;
  private final CacheMetrics metrics;
  private final Map<StatementCache.Kept, Long> bytesOf = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  public CacheSpace(long maxBytes, CacheMetrics metrics) {
    this.maxBytes = maxBytes;
    this.metrics = metrics;
  }

  CacheMetrics metrics() {
    return metrics;
  }

  long bytes() {
    return bytes;
  }

  void add(StatementCache.Kept kept) {
    metrics.entries(1);
    take(kept);
  }

  void used(StatementCache.Kept kept) {
    bytesOf.get(kept); // now the one used last
  }

  /** Weighs a statement again, which may be larger now; nothing happens where it has gone. */
  void weigh(StatementCache.Kept kept) {
    Long before = bytesOf.get(kept);
    if (before != null && before != kept.heldBytes()) {
      bytes(-before);
      take(kept);
    }
  }

  void remove(StatementCache.Kept kept) {
    Long held = bytesOf.remove(kept);
    if (held != null) {
      bytes(-held);
      metrics.entries(-1);
    }
  }

  /** Gives all of it back. */
  public void close() {
    metrics.entries(-bytesOf.size());
    bytes(-bytes);
    bytesOf.clear();
  }

  private void take(StatementCache.Kept kept) {
    long held = kept.heldBytes();
    bytesOf.put(kept, held);
    bytes(held);
    while (bytes > maxBytes) {
      StatementCache.Kept eldest = bytesOf.keySet().iterator().next();
      remove(eldest);
      eldest.drop();
      metrics.evicted();
    }
  }

  private void bytes(long more) {
    bytes += more;
    metrics.bytes(more);
  }
}
