package io.pgmesh.executor.run;

import io.pgmesh.executor.tx.LeftBehind;
import io.pgmesh.executor.tx.SettingTexts;
import io.pgmesh.executor.tx.UsersCode;
import io.pgmesh.executor.worker.Address;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Listener;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What values connections have where nothing but the statements of their sessions' settings has
 * changed any. Used on its executor's context only.
 */
final class SettingValues {
  private static final int MAX_ENTRIES = 256;

  private record Key(
      Address server,
      String role,
      Map<String, String> neutral,
      Map<String, String> settings,
      String names) {}

  /** By server. */
  private final Map<Address, UsersCode> code = new HashMap<>();

  private final LinkedHashMap<Key, Map<String, String>> known =
      new LinkedHashMap<>(16, 0.75f, true);

  /** As far as they were learned before. */
  Optional<Map<String, String>> find(BackendConnection connection) {
    return Optional.ofNullable(known.get(key(connection)));
  }

  private Key key(BackendConnection connection) {
    return new Key(
        connection.address(),
        connection.role(),
        connection.neutral(),
        connection.settings(),
        code(connection.address()).names());
  }

  /** What was last known of users' code there. */
  UsersCode code(Address server) {
    return code.getOrDefault(server, UsersCode.UNKNOWN);
  }

  Future<UsersCode> learnCode(BackendConnection connection, String version) {
    return UsersCode.learn(connection, version)
        .onSuccess(learned -> code.put(connection.address(), learned));
  }

  /** Finds out, which takes {@link #restore}. */
  Future<Map<String, String>> learn(BackendConnection connection) {
    var key = key(connection);
    return restore(connection)
        .compose(restored -> LeftBehind.values(connection, key.names))
        .onSuccess(
            values -> {
              known.put(key, values);
              if (known.size() > MAX_ENTRIES) {
                known.pollFirstEntry();
              }
            });
  }

  /** Undoes all settings but those that the connection is known to have. */
  static Future<Void> restore(BackendConnection connection) {
    var statements =
        new ArrayList<>(List.of("RESET SESSION AUTHORIZATION", "RESET ROLE", "RESET ALL"));
    statements.addAll(SettingTexts.neutral(connection, "all"));
    statements.addAll(connection.settings().values());
    return StatementRun.allOf(
            statements.stream()
                .map(sql -> Flight.simple(connection, sql, Listener.NONE).future())
                .toList())
        .mapEmpty();
  }
}
