package io.pgmesh.services.config;

/** The HTTP endpoint. */
public record HttpConfig(String host, int port, String role, int bodyMaxBytes, int resultMaxBytes) {
  public HttpConfig {
    Check.portOrAny("port", port);
    Check.that(!role.isBlank(), "role", "must name a role");
    Check.positive("bodyMaxBytes", bodyMaxBytes);
    Check.positive("resultMaxBytes", resultMaxBytes);
    Check.that(
        Addresses.loopback(host),
        "host",
        host + " is reachable from other machines, and this endpoint has no encryption yet");
  }
}
