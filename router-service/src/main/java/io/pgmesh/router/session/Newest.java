package io.pgmesh.router.session;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A bounded number of values: those that were used last. */
final class Newest<K, V> {
  private final int maxValues;
  private Map<K, V> values = Map.of(); // idle sessions hold no table

  Newest(int maxValues) {
    this.maxValues = maxValues;
  }

  Optional<V> get(K key) {
    return Optional.ofNullable(values.get(key));
  }

  void put(K key, V value) {
    if (values.isEmpty()) {
      values = new Bounded<>(maxValues);
    }
    values.put(key, value);
  }

  private static final class Bounded<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;

    private final int maxValues;

    Bounded(int maxValues) {
      super(16, 0.75f, true);
      this.maxValues = maxValues;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > maxValues;
    }
  }
}
