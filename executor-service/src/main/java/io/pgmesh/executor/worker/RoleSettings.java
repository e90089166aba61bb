package io.pgmesh.executor.worker;

import io.pgmesh.contracts.setting.MeshSettings;
import io.pgmesh.contracts.setting.PassingSettings;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What ALTER ROLE … SET and ALTER DATABASE … SET say for new sessions. A pooled connection has them
 * from the time of its opening, so they are taken from it there ({@link #neutralize}), and every
 * session brings those of its own beginning.
 */
public final class RoleSettings {
  private static final String OF_SESSION =
      " FROM pg_catalog.pg_db_role_setting s"
          + " WHERE s.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database"
          + " WHERE datname = pg_catalog.current_database()))"
          + " AND s.setrole IN (0, (SELECT oid FROM pg_catalog.pg_roles"
          + " WHERE rolname = session_user))";

  /** The weaker first: of all, of the database, of the role, of the role in the database. */
  private static final String STRENGTH = "s.setrole <> 0, s.setdatabase <> 0";

  /** A scalar subquery: a text that differs whenever a setting does. */
  public static final String TEXT =
      "(SELECT coalesce(pg_catalog.array_agg(s.setconfig::text ORDER BY "
          + STRENGTH
          + ")::text, '')"
          + OF_SESSION
          + ")";

  /** Those that the role may set by itself; of the others servers take care at login. */
  private static final String READ =
      "SELECT pg_catalog.lower(split_part(e.entry, '=', 1)),"
          + " pg_catalog.substr(e.entry, pg_catalog.strpos(e.entry, '=') + 1)"
          + " FROM (SELECT u.entry, u.at, "
          + STRENGTH.replace(",", " AS of_role,")
          + " AS of_database FROM (SELECT s.*"
          + OF_SESSION
          + ") s, unnest(s.setconfig) WITH ORDINALITY u(entry, at)) e"
          + " LEFT JOIN pg_catalog.pg_settings p ON p.name = split_part(e.entry, '=', 1)"
          + " WHERE coalesce(p.context, 'user') = 'user' OR p.context = 'superuser'"
          + " AND (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user)"
          + " ORDER BY e.of_role, e.of_database, e.at";

  private static final String BUILT_IN =
      "SELECT pg_catalog.lower(name), coalesce(boot_val, '') FROM pg_catalog.pg_settings"
          + " UNION ALL SELECT 'role', 'none'"; // which that view leaves out
  private static final String FILES_READABLE =
      "SELECT pg_catalog.has_table_privilege('pg_catalog.pg_file_settings', 'SELECT')";
  private static final String FILES =
      "SELECT pg_catalog.lower(name), setting FROM pg_catalog.pg_file_settings WHERE applied";

  private RoleSettings() {}

  /** Values by lower-case name for the role that has logged in. */
  public static Future<Map<String, String>> read(BackendConnection connection) {
    return RowReader.simple(connection, READ)
        .map(RoleSettings::byName)
        .onSuccess(settings -> settings.keySet().removeIf(PassingSettings::has));
  }

  /**
   * Gives a new connection the values that it would have without any of these settings.
   *
   * @param ofFiles the values of the server's configuration files, as far as they can be read
   */
  static Future<BackendConnection> neutralize(
      BackendConnection connection,
      Function<BackendConnection, Future<Map<String, String>>> ofFiles) {
    return read(connection)
        .compose(
            settings ->
                settings.isEmpty()
                    ? Future.succeededFuture()
                    : ofFiles
                        .apply(connection)
                        .compose(files -> replace(connection, settings.keySet(), files)))
        .map(connection)
        .onFailure(cause -> connection.close());
  }

  private static Future<Void> replace(
      BackendConnection connection, Collection<String> names, Map<String, String> files) {
    return RowReader.simple(connection, BUILT_IN)
        .map(RoleSettings::byName)
        .compose(
            builtIn -> {
              var neutral = new LinkedHashMap<String, String>();
              for (String name : names) {
                String ofMesh = MeshSettings.defaults().getOrDefault(name, "");
                neutral.put(name, files.getOrDefault(name, builtIn.getOrDefault(name, ofMesh)));
              }
              connection.neutral(neutral);
              return Future.join(
                      neutral.entrySet().stream()
                          .map(entry -> set(connection, entry.getKey(), entry.getValue()))
                          .toList())
                  .<Void>mapEmpty()
                  .otherwiseEmpty(); // one that cannot be set stays as it is
            });
  }

  private static Future<?> set(BackendConnection connection, String name, String value) {
    return RowReader.query(connection, "SELECT pg_catalog.set_config($1, $2, false)", name, value);
  }

  /** What the configuration files say; nothing where the role may not know. */
  static Future<Map<String, String>> ofFiles(BackendConnection connection) {
    return RowReader.simple(connection, FILES_READABLE)
        .compose(
            rows ->
                rows.getFirst().getFirst().equals("t")
                    ? RowReader.simple(connection, FILES).map(RoleSettings::byName)
                    : Future.succeededFuture(Map.of()));
  }

  private static Map<String, String> byName(List<List<String>> rows) {
    var values = new LinkedHashMap<String, String>();
    for (List<String> row : rows) {
      values.remove(row.get(0)); // the later one stands where it was written
      values.put(row.get(0), row.get(1));
    }
    return values;
  }
}
