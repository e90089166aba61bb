package io.pgmesh.services.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Set;

/** How the coordinator database and the workers are reached. */
public record ServersConfig(
    String user, String password, Tls tls, String rootCertificatePath, String catalogSchema) {
  private static final Set<String> SCHEMAS = Set.of("pg_catalog", "citus");

  /** As libpq's {@code sslmode}. */
  public enum Tls {
    @JsonProperty("disable")
    DISABLE,
    @JsonProperty("allow")
    ALLOW,
    @JsonProperty("prefer")
    PREFER,
    @JsonProperty("require")
    REQUIRE,
    @JsonProperty("verify-ca")
    VERIFY_CA,
    @JsonProperty("verify-full")
    VERIFY_FULL;

    /** Whether servers must prove who they are. */
    boolean verifies() {
      return this == VERIFY_CA || this == VERIFY_FULL;
    }
  }

  public ServersConfig {
    Check.that(!user.isBlank(), "user", "must name a role");
    if (tls.verifies()) {
      Check.certificates("rootCertificatePath", rootCertificatePath);
    } else {
      Check.that(
          rootCertificatePath.isBlank(),
          "rootCertificatePath",
          "proves nothing unless servers.tls is verify-ca or verify-full");
    }
    Check.that(SCHEMAS.contains(catalogSchema), "catalogSchema", "must be pg_catalog or citus");
  }

  @Override
  public String toString() {
    return user; // no password in logs
  }
}
