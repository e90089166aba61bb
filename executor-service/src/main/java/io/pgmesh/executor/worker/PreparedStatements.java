package io.pgmesh.executor.worker;

import io.pgmesh.contracts.plan.Arguments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The statements that a connection has prepared under names of the mesh's own: those that were used
 * last, all of one state of the schema. Constants in a text were read under the settings of its
 * Parse, so a statement serves only those who have the same. Used on the connection's context only.
 */
public final class PreparedStatements {
  private static final int MAX_STATEMENTS = 256;
  private static final int MAX_TEXT_CHARACTERS = 16 * 1024;

  /** Of all texts: the server's plans grow with them, most of all with the shards they name. */
  private static final int MAX_CHARACTERS = 512 * 1024;

  private static final int SEEN_SLOTS = 256;

  /** Constants that mean another time with each Parse. */
  private static final Pattern TIME_OF_PARSE =
      Pattern.compile("(?i)(?<![a-z])(now|today|tomorrow|yesterday)(?![a-z]|\\s*\\()");

  private final LinkedHashMap<Key, String> names = new LinkedHashMap<>(16, 0.75f, true);
  private final int[] seen = new int[SEEN_SLOTS];
  private int characters;
  private long epoch;
  private boolean stale;
  private long made;
  private String settings = "";

  private record Key(String sql, List<Long> types, String settings) {}

  /** What one flight prepares, in the order of its Parse messages. */
  public static final class Batch {
    private final List<Key> parses = new ArrayList<>(1);
    private final long epoch;
    private final boolean parameters;

    private Batch(long epoch, boolean parameters) {
      this.epoch = epoch;
      this.parameters = parameters;
    }
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

  /**
   * @param catalogEpoch a new one makes all statements be prepared again: columns may have changed
   * @param parameters whether the client's statement has any, so that it may come again with
   *     others; one without is prepared when it does come again
   */
  public Batch begin(long catalogEpoch, boolean parameters) {
    return new Batch(catalogEpoch, parameters);
  }

  /** For statements of the mesh's own, which no change of the catalog concerns. */
  public Batch begin() {
    return new Batch(epoch, true);
  }

  /** Writes a Bind of a statement, behind a Parse where the connection does not have it. */
  public void bind(Frames frames, Batch batch, String sql, Arguments arguments) {
    if (stale || batch.epoch != epoch) {
      close(frames);
      epoch = batch.epoch;
      stale = false;
    }
    var key = new Key(sql, arguments.types(), settings);
    String name = names.get(key);
    if (name == null && keeps(key, batch)) {
      name = prepare(frames, batch, key, arguments);
    }
    if (name == null) {
      frames.parse("", sql, arguments);
      batch.parses.add(key);
      name = "";
    }
    frames.bind("", name, arguments);
  }

  /** Writes that the connection is to forget all of them. */
  public void close(Frames frames) {
    names.values().forEach(frames::closeStatement);
    names.clear();
    characters = 0;
  }

  private boolean keeps(Key key, Batch batch) {
    return key.sql.length() <= MAX_TEXT_CHARACTERS
        && (batch.parameters || comesAgain(key))
        && !TIME_OF_PARSE.matcher(key.sql).find();
  }

  /** Whether it was seen lately; hashes are enough, since nothing but speed depends on it. */
  private boolean comesAgain(Key key) {
    int hash = key.hashCode();
    int slot = (hash ^ hash >>> 16) & (SEEN_SLOTS - 1);
    boolean again = seen[slot] == hash;
    seen[slot] = hash;
    return again;
  }

  private String prepare(Frames frames, Batch batch, Key key, Arguments arguments) {
    String name = "pgmesh_" + ++made;
    frames.parse(name, key.sql, arguments);
    batch.parses.add(key);
    names.put(key, name);
    characters += key.sql.length();
    while (names.size() > MAX_STATEMENTS || characters > MAX_CHARACTERS) {
      Map.Entry<Key, String> eldest = names.pollFirstEntry();
      characters -= eldest.getKey().sql.length();
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
      if (names.remove(batch.parses.get(i)) != null) {
        characters -= batch.parses.get(i).sql.length();
      }
    }
  }

  /** Whether a statement failed because of what the connection had prepared, and not of itself. */
  public static boolean isStale(String sqlState, String routine) {
    return sqlState.equals("26000")
        || sqlState.equals("0A000") && "RevalidateCachedQuery".equals(routine);
  }

  /** All are closed and prepared again, by whichever statement is next. */
  public void renew() {
    stale = true;
  }
}
