package io.pgmesh.router.session;

import java.util.Map;

/**
 * A session that can begin.
 *
 * @param parameters what ParameterStatus reports at start
 */
public record OpenedSession(Statements statements, Map<String, String> parameters) {
  public OpenedSession {
    parameters = Map.copyOf(parameters);
  }
}
