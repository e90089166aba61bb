package io.pgmesh.contracts.setting;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The settings whose names begin with {@code citus.} or {@code pgmesh.}: the table that every check
 * and every default comes from. PostgreSQL alone knows no such settings and takes any name and
 * value.
 */
public final class MeshSettings {
  private static final String FILE = "settings.txt";
  private static final List<String> PREFIXES = List.of("citus", "pgmesh");
  private static final int COLUMNS = 5;
  private static final Map<String, MeshSetting> ALL = load();
  private static final Map<String, String> DEFAULTS = shownDefaults();

  private MeshSettings() {}

  private record MeshSetting(SettingKind kind, String value) {}

  /** Whether a name has a prefix of the mesh's own. */
  public static boolean reserves(String name) {
    return PREFIXES.contains(prefix(name));
  }

  /** What each has until it is set, by name. */
  public static Map<String, String> defaults() {
    return DEFAULTS;
  }

  /**
   * A value for a setting, as SHOW tells it; of other settings the value as it is.
   *
   * @throws SqlError 22023 the setting does not take it; 42602 there is no such setting; 55P02 it
   *     cannot be changed
   */
  public static String checked(String name, String value) {
    if (!reserves(name)) {
      return value;
    }
    checkName(name);
    String known = name.toLowerCase(Locale.ROOT);
    return ALL.get(known).kind.read(known, value);
  }

  /**
   * @throws SqlError 42602 the name has a prefix of the mesh's own, and there is no such setting
   */
  public static void checkName(String name) {
    if (reserves(name) && !ALL.containsKey(name.toLowerCase(Locale.ROOT))) {
      throw new SqlError(
          ErrorFields.error(
                  SqlState.INVALID_NAME, "invalid configuration parameter name \"" + name + "\"")
              .with(ErrorFields.DETAIL, "\"" + prefix(name) + "\" is a reserved prefix."));
    }
  }

  private static String prefix(String name) {
    int dot = name.indexOf('.');
    return dot < 0 ? "" : name.substring(0, dot).toLowerCase(Locale.ROOT);
  }

  private static Map<String, String> shownDefaults() {
    var defaults = new LinkedHashMap<String, String>();
    ALL.forEach(
        (name, setting) ->
            defaults.put(
                name,
                setting.kind instanceof SettingKind.Fixed
                    ? setting.value
                    : setting.kind.read(name, setting.value)));
    return Collections.unmodifiableMap(defaults);
  }

  private static Map<String, MeshSetting> load() {
    try (InputStream in = MeshSettings.class.getResourceAsStream(FILE)) {
      var settings = new LinkedHashMap<String, MeshSetting>();
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split("\\|", COLUMNS))
          .forEach(
              part ->
                  settings.put(
                      part[0],
                      new MeshSetting(SettingKind.of(part[1], part[3], part[4]), part[2])));
      return Collections.unmodifiableMap(settings);
    } catch (IOException e) {
      throw new IllegalStateException("the table of settings cannot be read", e);
    }
  }
}
