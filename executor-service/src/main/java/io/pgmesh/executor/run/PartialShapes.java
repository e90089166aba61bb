package io.pgmesh.executor.run;

import io.pgmesh.contracts.plan.SqlText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the columns of partial rows were when they last had a table, all of one state of the
 * catalog. Used on its executor's context only.
 */
final class PartialShapes {
  private static final int MAX_SHAPES = 512;
  private static final int MAX_TEXT_CHARACTERS = 16 * 1024;

  /**
   * @param settings of the session: names are looked up under them
   */
  record Key(String sql, List<Long> types, String role, Map<String, String> settings) {

    static Key of(SqlText shape, Execution run) {
      Session session = run.session();
      return new Key(shape.text(), run.arguments().types(), session.role(), session.settings());
    }
  }

  private final LinkedHashMap<Key, PartialColumns> shapes = new LinkedHashMap<>(16, 0.75f, true);
  private long epoch;

  Optional<PartialColumns> find(Key key, long catalogEpoch) {
    renew(catalogEpoch);
    return Optional.ofNullable(shapes.get(key));
  }

  /**
   * @param catalogEpoch as it was before the columns were made
   */
  void learn(Key key, long catalogEpoch, PartialColumns columns) {
    if (catalogEpoch == epoch && key.sql.length() <= MAX_TEXT_CHARACTERS) {
      shapes.put(key, columns);
      if (shapes.size() > MAX_SHAPES) {
        shapes.pollFirstEntry();
      }
    }
  }

  void forget(Key key) {
    shapes.remove(key);
  }

  private void renew(long catalogEpoch) {
    if (catalogEpoch != epoch) {
      shapes.clear();
      epoch = catalogEpoch;
    }
  }
}
