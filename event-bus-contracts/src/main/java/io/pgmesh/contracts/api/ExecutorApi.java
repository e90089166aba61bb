package io.pgmesh.contracts.api;

import io.pgmesh.contracts.bus.Endpoint;
import java.time.Duration;
import java.util.Map;

/**
 * How a router gets a session in an executor. All else are {@link SessionCommand}s to the executor
 * and {@link SessionEvent}s back.
 */
public interface ExecutorApi {

  /**
   * Opens a session with its main channel.
   *
   * @param role who the client is
   * @param settings startup parameters that are settings (application_name, client_encoding,
   *     options, …)
   * @param eventsAddress where this channel's events go
   */
  record OpenSession(String role, Map<String, String> settings, String eventsAddress) {
    public OpenSession {
      settings = Map.copyOf(settings);
    }
  }

  /**
   * @param channel names the channel in commands and events, unique among all executors
   * @param commandsAddress where this channel's commands go
   * @param parameters what ParameterStatus reports at start, by name
   */
  record Opened(long channel, String commandsAddress, Map<String, String> parameters) {
    public Opened {
      parameters = Map.copyOf(parameters);
    }
  }

  Endpoint<OpenSession, Opened> OPEN =
      new Endpoint<>("executor.session.open.v1", Duration.ofSeconds(30));

  /**
   * Opens a second channel on the session whose statement a backend of the coordinator database is
   * running: the loopback.
   *
   * @param backendPid that backend's process id
   */
  record AttachLoopback(int backendPid, String eventsAddress) {}

  Endpoint<AttachLoopback, Opened> ATTACH =
      new Endpoint<>("executor.loopback.attach.v1", Duration.ofSeconds(10));

  /** Asks for the SCRAM verifier of a role and whether it may log in. */
  record FindRole(String role) {}

  /**
   * @param exists whether the coordinator database has the role
   * @param canLogin its LOGIN attribute
   * @param verifier {@code SCRAM-SHA-256$…}, or empty when it has no password that can be read
   */
  record FoundRole(boolean exists, boolean canLogin, String verifier) {}

  Endpoint<FindRole, FoundRole> FIND_ROLE =
      new Endpoint<>("executor.role.find.v1", Duration.ofSeconds(10));
}
