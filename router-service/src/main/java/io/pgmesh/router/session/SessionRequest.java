package io.pgmesh.router.session;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a client asks for at startup.
 *
 * @param parameters as in StartupMessage
 */
public record SessionRequest(Map<String, String> parameters) {
  private static final Set<String> NOT_SETTINGS = Set.of("user", "database", "replication");

  public SessionRequest {
    parameters = Map.copyOf(parameters);
  }

  public String role() {
    return parameters.getOrDefault("user", "");
  }

  /** The role's name where the client gives none, as in PostgreSQL. */
  public String database() {
    String database = parameters.getOrDefault("database", "");
    return database.isEmpty() ? role() : database;
  }

  public String applicationName() {
    return parameters.getOrDefault("application_name", "");
  }

  /** Whether the client wants to be a replica. */
  public boolean replication() {
    return !Set.of("", "0", "off", "false", "no")
        .contains(parameters.getOrDefault("replication", ""));
  }

  /** The parameters that are settings, {@code options} included. */
  public Map<String, String> settings() {
    var settings = new LinkedHashMap<>(parameters);
    settings.keySet().removeIf(name -> NOT_SETTINGS.contains(name) || name.startsWith("_pq_."));
    return settings;
  }
}
