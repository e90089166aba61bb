package io.pgmesh.executor.worker;

import io.pgmesh.contracts.plan.Arguments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The statements that a connection has prepared under names of the mesh's own: those that were used
 * last, all of one state of the schema. Constants in a text were read under the settings of its
 * Parse, so a statement serves only those who have the same. Used on the connection's context only.
 */
public final class PreparedStatements {
  private static final int MAX_STATEMENTS = 256;
  private static final int MAX_TEXT_CHARACTERS = 8 * 1024;

  private final LinkedHashMap<Key, String> names = new LinkedHashMap<>(16, 0.75f, true);
  private long epoch;
  private long made;
  private String settings = "";

  private record Key(String sql, List<Long> types, String settings) {}

  /** What one flight prepares, in the order of its Parse messages. */
  public static final class Batch {
    private final List<Key> parses = new ArrayList<>(1);

    private Batch() {}
  }

  /** The connection's settings from now on, by name. */
  void settings(Map<String, String> applied) {
    settings =
        applied.entrySet().stream()
            .filter(setting -> !setting.getKey().equals("application_name"))
            .map(setting -> setting.getKey() + " " + setting.getValue())
            .sorted()
            .collect(Collectors.joining("\n"));
  }

  public Batch begin() {
    return new Batch();
  }

  /**
   * Writes a Bind of a statement, behind a Parse where the connection does not have it.
   *
   * @param catalogEpoch a new one makes all statements be prepared again: columns may have changed
   */
  public void bind(Frames frames, Batch batch, long catalogEpoch, String sql, Arguments arguments) {
    if (catalogEpoch != epoch) {
      names.values().forEach(frames::closeStatement);
      names.clear();
      epoch = catalogEpoch;
    }
    if (sql.length() > MAX_TEXT_CHARACTERS) {
      frames.parse("", sql, arguments).bind("", "", arguments);
      batch.parses.add(new Key("", List.of(), ""));
      return;
    }
    var key = new Key(sql, arguments.types(), settings);
    String name = names.get(key);
    if (name == null) {
      name = prepare(frames, batch, key, arguments);
    }
    frames.bind("", name, arguments);
  }

  private String prepare(Frames frames, Batch batch, Key key, Arguments arguments) {
    String name = "pgmesh_" + ++made;
    frames.parse(name, key.sql, arguments);
    batch.parses.add(key);
    names.put(key, name);
    if (names.size() > MAX_STATEMENTS) {
      Map.Entry<Key, String> eldest = names.pollFirstEntry();
      frames.closeStatement(eldest.getValue());
    }
    return name;
  }

  /**
   * A flight is over.
   *
   * @param parsed how many of its statements the server has prepared
   */
  public void end(Batch batch, int parsed) {
    for (int i = parsed; i < batch.parses.size(); i++) {
      names.remove(batch.parses.get(i));
    }
  }

  /** Whether a statement failed because of what the connection had prepared, and not of itself. */
  public static boolean isStale(String sqlState, String routine) {
    return sqlState.equals("26000")
        || sqlState.equals("0A000") && "RevalidateCachedQuery".equals(routine);
  }

  /** All are closed and prepared again. */
  public void renew() {
    epoch = -1;
  }
}
