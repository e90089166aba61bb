package io.pgmesh.services.config;

/** How the coordinator database calls back. */
public record LoopbackConfig(String host, int port, String secret) {
  public LoopbackConfig {
    Check.portOrAny("port", port);
  }

  @Override
  public String toString() {
    return host + ":" + port; // no secret in logs
  }
}
