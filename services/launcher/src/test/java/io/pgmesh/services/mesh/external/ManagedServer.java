package io.pgmesh.services.mesh.external;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.embedded.PostgresBinaries;
import io.pgmesh.services.embedded.PostgresServer;
import io.pgmesh.services.embedded.PostgresSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;

/**
 * A server as a managed service gives it: a role that owns its database and may make roles and
 * databases, but is no superuser; passwords for everybody.
 */
final class ManagedServer implements AutoCloseable {
  static final String ROLE = "mesh";
  static final String PASSWORD = "s3cret of 'the' mesh";
  static final String DATABASE = "app";

  private static final List<String> WHAT_THE_SERVICE_DOES =
      List.of(
          "CREATE ROLE mesh LOGIN CREATEDB CREATEROLE PASSWORD '%s'"
              .formatted(PASSWORD.replace("'", "''")),
          "GRANT pg_monitor TO mesh",
          "CREATE DATABASE app OWNER mesh");
  private static final List<String> WHAT_ITS_EXTENSIONS_NEED =
      List.of(
          "CREATE EXTENSION postgres_fdw",
          "GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO mesh");

  private final PostgresServer server;

  private ManagedServer(PostgresServer server) {
    this.server = server;
  }

  /** A server that lets nobody in without encryption. */
  static ManagedServer start(int majorVersion, Path folder, ServerCertificate certificate)
      throws Exception {
    var settings =
        PostgresSettings.onFreePort()
            .with("ssl_cert_file", "server.crt")
            .with("ssl_key_file", "server.key");
    var plain = PostgresServer.at(folder, settings, binaries(majorVersion));
    plain.start();
    plain.stop();
    give(certificate.certificate(), folder.resolve("server.crt"));
    give(certificate.key(), folder.resolve("server.key"));
    return prepared(PostgresServer.at(folder, settings.with("ssl", "on"), binaries(majorVersion)));
  }

  /** To the server's own user, and to nobody else. */
  private static void give(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    Files.setOwner(to, Files.getOwner(to.resolveSibling("PG_VERSION")));
    Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rw-------"));
  }

  private static ManagedServer prepared(PostgresServer server) throws Exception {
    server.start();
    as("postgres", "postgres", server.port(), WHAT_THE_SERVICE_DOES);
    as("postgres", DATABASE, server.port(), WHAT_ITS_EXTENSIONS_NEED);
    Files.writeString(
        server.folder().resolve("pg_hba.conf"), "hostssl all all all scram-sha-256\n");
    server.start(); // again
    return new ManagedServer(server);
  }

  private static void as(String role, String database, int port, List<String> statements)
      throws SQLException {
    String url = "jdbc:postgresql://127.0.0.1:%d/%s?user=%s".formatted(port, database, role);
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static PostgresBinaries binaries(int majorVersion) throws IOException {
    try (var jars = Files.list(Path.of("target/postgres"))) {
      var found =
          jars.filter(
                  jar -> jar.getFileName().toString().startsWith("postgres-" + majorVersion + "."))
              .toList();
      assertThat(found).as("what the build copies to target/postgres").hasSize(1);
      return PostgresBinaries.of(found.getFirst());
    }
  }

  int port() {
    return server.port();
  }

  boolean running() {
    return server.running();
  }

  /** As the mesh's role, past the mesh. */
  Connection connect() throws SQLException {
    return connect(port(), ROLE, PASSWORD);
  }

  static Connection connect(int port, String role, String password) throws SQLException {
    var properties = new Properties();
    properties.put("user", role);
    properties.put("password", password);
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, DATABASE), properties);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
