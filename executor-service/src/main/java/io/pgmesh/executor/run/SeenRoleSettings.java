package io.pgmesh.executor.run;

import io.pgmesh.contracts.setting.MeshSettings;
import io.pgmesh.executor.tx.SettingTexts;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Listener;
import io.pgmesh.executor.worker.RoleSettings;
import io.vertx.core.Future;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What roles' sessions last began with. A new session supposes that nothing has changed, and learns
 * in the same trip in which it reads its parameters whether that is so.
 */
final class SeenRoleSettings {
  private static final int KEPT = 1000;

  /**
   * @param text as {@link RoleSettings#TEXT}
   * @param statements SQL by lower-case name
   */
  record Seen(String text, Map<String, String> statements) {
    static final Seen NONE = new Seen("", Map.of());
  }

  private final Map<String, Seen> byRole = // this context only
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Seen> eldest) {
          return size() > KEPT;
        }
      };

  Seen last(String role) {
    return byRole.getOrDefault(role, Seen.NONE);
  }

  /** Reads them anew. One that the server refuses now is left out, as PostgreSQL does at login. */
  Future<Seen> learn(BackendConnection connection, String role, String text) {
    return RoleSettings.read(connection)
        .compose(values -> possible(connection, values))
        .map(statements -> new Seen(text, statements))
        .onSuccess(seen -> byRole.put(role, seen));
  }

  private static Future<Map<String, String>> possible(
      BackendConnection connection, Map<String, String> values) {
    var statements = new LinkedHashMap<String, String>();
    Future<?> chain = Future.succeededFuture();
    for (var entry : values.entrySet()) {
      String name = entry.getKey();
      chain =
          chain
              .map(before -> MeshSettings.checked(name, entry.getValue()))
              .compose(
                  value ->
                      Flight.simple(connection, SettingTexts.attempt(name, value), Listener.NONE)
                          .future()
                          .onSuccess(done -> statements.put(name, SettingTexts.set(name, value))))
              .otherwiseEmpty();
    }
    return chain.map(done -> Collections.unmodifiableMap(statements));
  }
}
