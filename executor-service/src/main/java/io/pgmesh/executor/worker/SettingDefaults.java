package io.pgmesh.executor.worker;

import io.pgmesh.contracts.setting.MeshSettings;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.stream.Collectors;

/**
 * Gives connections to the coordinator database the defaults of the mesh's own settings, which no
 * extension has told that server: SHOW and current_setting find them there, in functions too.
 */
final class SettingDefaults {
  /** What the server's files say stays, and comes back with RESET; all else does not. */
  private static final String GIVE =
      MeshSettings.defaults().entrySet().stream()
          .map(setting -> "('" + setting.getKey() + "', '" + setting.getValue() + "')")
          .collect(
              Collectors.joining(
                  ", ",
                  "SELECT d.name, pg_catalog.set_config(d.name, d.value, false) FROM (VALUES ",
                  ") AS d(name, value) WHERE pg_catalog.current_setting(d.name, true) IS NULL"));

  private SettingDefaults() {}

  static Future<BackendConnection> give(BackendConnection connection) {
    return RowReader.simple(connection, GIVE)
        .onSuccess(
            rows -> {
              var neutral = new LinkedHashMap<>(connection.neutral());
              rows.forEach(row -> neutral.putIfAbsent(row.get(0), row.get(1)));
              connection.neutral(neutral);
            })
        .map(connection)
        .onFailure(cause -> connection.close());
  }
}
