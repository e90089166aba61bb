package io.pgmesh.services.launcher;

import io.pgmesh.router.wire.ScramVerifier;
import io.pgmesh.services.config.MeshConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** Sees to it that somebody can log in to an embedded mesh that trusts no address. */
record FirstLogin(MeshConfig config, Progress progress) {
  private static final String VERIFIERS =
      "SELECT FROM pg_catalog.pg_authid WHERE rolcanlogin AND rolpassword LIKE 'SCRAM-SHA-256$%'";

  /** Blocks for a moment. */
  void prepare(int coordinatorPort) throws SQLException {
    String password = config.embedded().password();
    boolean trusts = !config.endpoint().trustedAddresses().isEmpty();
    if (password.isEmpty() && trusts) {
      return;
    }
    String user = config.servers().user();
    String url = "jdbc:postgresql://127.0.0.1:" + coordinatorPort + "/postgres";
    try (Connection coordinator = DriverManager.getConnection(url, user, "")) {
      if (!password.isEmpty()) {
        setPassword(coordinator, user, ScramVerifier.ofPassword(password));
      } else if (!anybodyHasPassword(coordinator)) {
        progress.say(
            "nobody can log in: endpoint.trustedAddresses is empty and no role has a password;"
                + " set embedded.password");
      }
    }
  }

  private static void setPassword(Connection coordinator, String user, ScramVerifier verifier)
      throws SQLException {
    try (var statement = coordinator.createStatement()) {
      statement.execute(
          "ALTER ROLE %s PASSWORD '%s'"
              .formatted(statement.enquoteIdentifier(user, true), verifier.text()));
    }
  }

  private static boolean anybodyHasPassword(Connection coordinator) throws SQLException {
    try (var statement = coordinator.createStatement();
        var roles = statement.executeQuery(VERIFIERS)) {
      return roles.next();
    }
  }
}
