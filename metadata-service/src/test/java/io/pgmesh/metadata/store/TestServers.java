package io.pgmesh.metadata.store;

import io.pgmesh.services.embedded.PostgresServer;
import io.pgmesh.services.embedded.PostgresSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A coordinator database and one worker, real; the mesh between them is a stand-in. */
public final class TestServers implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final PostgresServer coordinator;
  private final PostgresServer worker;
  private final List<Pool> pools = new ArrayList<>();

  private TestServers(PostgresServer coordinator, PostgresServer worker) {
    this.coordinator = coordinator;
    this.worker = worker;
  }

  /** Keeps their databases in the folder. */
  public static TestServers start(Path folder) throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    var coordinator =
        PostgresServer.start(folder.resolve("coordinator"), PostgresSettings.onFreePort());
    var worker = PostgresServer.start(folder.resolve("worker"), PostgresSettings.onFreePort());
    return new TestServers(coordinator, worker);
  }

  public Vertx vertx() {
    return vertx;
  }

  public Address coordinator() {
    return new Address("127.0.0.1", coordinator.port());
  }

  Address worker() {
    return new Address("127.0.0.1", worker.port());
  }

  /** Where functions of the coordinator database find the stand-in. */
  Loopback loopback() {
    return new Loopback(worker(), "unused");
  }

  Pool pool(String database, String user) {
    var options =
        new PgConnectOptions()
            .setHost("127.0.0.1")
            .setPort(coordinator.port())
            .setDatabase(database)
            .setUser(user)
            .setPassword("");
    var pool = PgBuilder.pool().connectingTo(options).using(vertx).build();
    pools.add(pool);
    return pool;
  }

  Connection connect(Address server, String database, String user) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://" + server + "/" + database + "?preferQueryMode=simple", user, "");
  }

  /** A database of the coordinator server with the catalog and one worker behind the stand-in. */
  Connection meshDatabase(String database) throws Exception {
    try (var admin = connect(coordinator(), "postgres", "postgres")) {
      run(admin, "CREATE DATABASE " + database);
    }
    await(new Installer(pool(database, "postgres")).install(loopback()));
    try (var admin = connect(worker(), "postgres", "postgres")) {
      run(admin, "CREATE DATABASE stand_in_" + database);
    }
    try (var admin = connect(worker(), "stand_in_" + database, "postgres");
        var script = TestServers.class.getResourceAsStream("stand-in.sql")) {
      run(admin, new String(script.readAllBytes(), StandardCharsets.UTF_8));
    }
    Connection connection = connect(coordinator(), database, "postgres");
    run(connection, "ALTER SERVER pgmesh OPTIONS (SET dbname 'stand_in_" + database + "')");
    run(connection, "SELECT citus_set_coordinator_host('127.0.0.1', " + coordinator.port() + ")");
    run(connection, "SELECT citus_add_node('127.0.0.1', " + worker.port() + ")");
    return connection;
  }

  /** Runs statements; answers the rows of the first, columns joined by {@code |}. */
  public static List<String> run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      var rows = new ArrayList<String>();
      if (statement.execute(sql)) {
        try (ResultSet result = statement.getResultSet()) {
          int columns = result.getMetaData().getColumnCount();
          while (result.next()) {
            var row = new ArrayList<String>();
            for (int i = 1; i <= columns; i++) {
              row.add(String.valueOf(result.getString(i)));
            }
            rows.add(String.join("|", row));
          }
        }
      }
      return rows;
    }
  }

  public static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws Exception {
    pools.forEach(Pool::close);
    await(vertx.close());
    worker.stop();
    coordinator.stop();
  }
}
