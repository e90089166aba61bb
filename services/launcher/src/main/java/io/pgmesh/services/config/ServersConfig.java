package io.pgmesh.services.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Set;

/** How the coordinator database and the workers are reached. */
public record ServersConfig(String user, String password, Tls tls, String catalogSchema) {
  private static final Set<String> SCHEMAS = Set.of("pg_catalog", "citus");

  /** As libpq's {@code sslmode}; certificates are not verified yet. */
  public enum Tls {
    @JsonProperty("disable")
    DISABLE,
    @JsonProperty("allow")
    ALLOW,
    @JsonProperty("prefer")
    PREFER,
    @JsonProperty("require")
    REQUIRE
  }

  public ServersConfig {
    Check.that(!user.isBlank(), "user", "must name a role");
    Check.that(SCHEMAS.contains(catalogSchema), "catalogSchema", "must be pg_catalog or citus");
  }

  @Override
  public String toString() {
    return user; // no password in logs
  }
}
