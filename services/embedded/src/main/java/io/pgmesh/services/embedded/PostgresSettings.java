package io.pgmesh.services.embedded;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How an embedded server is configured.
 *
 * @param port on 127.0.0.1
 * @param parameters lines of postgresql.conf, values unquoted
 */
public record PostgresSettings(int port, Map<String, String> parameters) {
  public PostgresSettings {
    parameters = Map.copyOf(parameters);
  }

  /** A free port and what a mesh needs of its servers. */
  public static PostgresSettings onFreePort() {
    return onPort(FreePorts.one());
  }

  /** The given port and what a mesh needs of its servers. */
  public static PostgresSettings onPort(int port) {
    var parameters = new LinkedHashMap<String, String>();
    parameters.put("max_connections", "300");
    parameters.put("max_prepared_transactions", "300");
    parameters.put("wal_level", "logical");
    parameters.put("shared_buffers", "64MB");
    parameters.put("timezone", "UTC");
    parameters.put("log_timezone", "UTC");
    return new PostgresSettings(port, parameters);
  }

  /** The same with one parameter set. */
  public PostgresSettings with(String name, String value) {
    var copy = new LinkedHashMap<>(parameters);
    copy.put(name, value);
    return new PostgresSettings(port, copy);
  }
}
