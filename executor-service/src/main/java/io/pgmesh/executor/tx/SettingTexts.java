package io.pgmesh.executor.tx;

import io.pgmesh.executor.worker.BackendConnection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** SQL that brings a connection from one set of settings to another. */
public final class SettingTexts {
  private static final Pattern RESETTABLE = Pattern.compile("[a-z_][a-z0-9_.]*");

  /** Who acts: another role may lack the right to undo what the login's role has set. */
  private static final List<String> ACTING = List.of("session_authorization", "role");

  private SettingTexts() {}

  /** Sets a parameter whatever its type, as a startup parameter would. */
  public static String set(String name, String value) {
    return "SELECT pg_catalog.set_config(" + literal(name) + ", " + literal(value) + ", false)";
  }

  /** Sets a parameter for the one statement, which fails where the server refuses the value. */
  public static String attempt(String name, String value) {
    return "SELECT pg_catalog.set_config(" + literal(name) + ", " + literal(value) + ", true)";
  }

  /**
   * @return statements that give a connection the settings wanted, none when nothing differs
   */
  public static List<String> difference(BackendConnection connection, Map<String, String> wanted) {
    Map<String, String> applied = connection.settings();
    if (applied.equals(wanted)) {
      return List.of();
    }
    var statements = new ArrayList<String>();
    var kept = new LinkedHashMap<>(applied);
    for (String name : ACTING) {
      if (kept.remove(name) != null) {
        undo(name, connection, statements);
      }
    }
    kept.keySet().stream()
        .filter(name -> !wanted.containsKey(name))
        .forEach(name -> undo(name, connection, statements));
    wanted.forEach(
        (name, sql) -> {
          if (!Objects.equals(kept.get(name), sql)) {
            statements.add(sql);
          }
        });
    return statements;
  }

  private static void undo(String name, BackendConnection connection, List<String> statements) {
    String reset = reset(name);
    statements.add(reset);
    statements.addAll(neutral(connection, reset.equals("RESET ALL") ? "all" : name));
  }

  /** What has to follow RESET, so that nothing of the connection's own opening comes back. */
  public static List<String> neutral(BackendConnection connection, String name) {
    String values =
        connection.neutral().entrySet().stream()
            .filter(entry -> name.equals("all") || name.equals(entry.getKey()))
            .map(entry -> "(" + literal(entry.getKey()) + ", " + literal(entry.getValue()) + ")")
            .collect(Collectors.joining(", "));
    return values.isEmpty()
        ? List.of()
        : List.of(
            "SELECT pg_catalog.set_config(n.name, n.value, false) FROM (VALUES "
                + values
                + ") AS n(name, value)");
  }

  /** Undoes a setting of this name; of a name that RESET does not know, all settings. */
  private static String reset(String name) {
    if (!RESETTABLE.matcher(name).matches()) {
      return "RESET ALL";
    }
    // a part of a user's name may be a key word
    return "RESET " + (name.contains(".") ? '"' + name.replace(".", "\".\"") + '"' : name);
  }

  /** The same settings with one set. */
  public static Map<String, String> with(Map<String, String> settings, String name, String sql) {
    var copy = new LinkedHashMap<>(settings);
    copy.remove(name); // later ones are sent later
    copy.put(name, sql);
    return java.util.Collections.unmodifiableMap(copy);
  }

  /** The same settings with one as it was at the start of the session. */
  public static Map<String, String> without(
      Map<String, String> settings, String name, Map<String, String> startup) {
    if (name.equals("all")) {
      return startup;
    }
    var copy = new LinkedHashMap<>(settings);
    copy.remove(name);
    if (startup.containsKey(name)) {
      copy.put(name, startup.get(name));
    }
    return java.util.Collections.unmodifiableMap(copy);
  }

  /** A string constant, whatever standard_conforming_strings says. */
  public static String literal(String text) {
    String quoted = "'" + text.replace("'", "''") + "'";
    return text.indexOf('\\') < 0 ? quoted : "E" + quoted.replace("\\", "\\\\");
  }
}
