package io.pgmesh.router.session;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The statements that a session used last, by text and declared types. */
final class PreparedCache {
  private static final int MAX_STATEMENTS = 64;
  private static final int MAX_TEXT_CHARACTERS = 2 * 1024;

  private Map<Key, Prepared> statements = Map.of(); // idle sessions hold no table

  private record Key(String sql, List<Long> types) {}

  Optional<Prepared> get(String sql, List<Long> types) {
    return Optional.ofNullable(statements.get(new Key(sql, types)));
  }

  void put(String sql, List<Long> types, Prepared statement) {
    if (sql.length() > MAX_TEXT_CHARACTERS) {
      return;
    }
    if (statements.isEmpty()) {
      statements = new Newest();
    }
    statements.put(new Key(sql, List.copyOf(types)), statement);
  }

  private static final class Newest extends LinkedHashMap<Key, Prepared> {
    private static final long serialVersionUID = 1L;

    Newest() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Key, Prepared> eldest) {
      return size() > MAX_STATEMENTS;
    }
  }
}
