package io.pgmesh.services.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** The Postgres-wire endpoint. */
public record EndpointConfig(
    String host,
    int port,
    String database,
    int instances,
    int clientsMax,
    int frameMaxBytes,
    int authenticationTimeoutMillis,
    int statementCacheMaxBytes,
    List<String> trustedAddresses,
    Tls tls,
    String certificatePath,
    String keyPath) {

  /** Encryption of the endpoint. */
  public enum Tls {
    @JsonProperty("none")
    NONE,
    @JsonProperty("self-made")
    SELF_MADE,
    @JsonProperty("files")
    FILES
  }

  private static final int FRAME_LEAST_BYTES = 1 << 16;

  public EndpointConfig {
    trustedAddresses = List.copyOf(trustedAddresses);
    Check.portOrAny("port", port);
    Check.that(!database.isBlank(), "database", "must name a database");
    Check.notNegative("instances", instances);
    Check.positive("clientsMax", clientsMax);
    Check.between("frameMaxBytes", frameMaxBytes, FRAME_LEAST_BYTES, Integer.MAX_VALUE);
    Check.positive("authenticationTimeoutMillis", authenticationTimeoutMillis);
    Check.notNegative("statementCacheMaxBytes", statementCacheMaxBytes);
    trustedAddresses.forEach(range -> Check.addressRange("trustedAddresses", range));
    if (tls == Tls.FILES) {
      Check.readable("certificatePath", certificatePath);
      Check.readable("keyPath", keyPath);
    }
    if (!Addresses.loopback(host)) {
      Check.that(
          tls != Tls.NONE && trustedAddresses.stream().allMatch(Addresses::loopback),
          "host",
          host
              + " is reachable from other machines: set endpoint.tls, and leave in"
              + " endpoint.trustedAddresses only this machine's own, so that others need passwords");
    }
  }
}
