package io.pgmesh.services.mesh.crash;

import static io.pgmesh.services.mesh.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.mesh.wire.Endpoint;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

/** What is in a mesh, asked through it and on its workers. */
record MeshState(Endpoint mesh) {
  private static final Duration LIVE_WITHIN = Duration.ofSeconds(60);
  private static final String BEHIND =
      """
      SELECT format('%s on %s: %s, %s rows behind, %s', "table", worker, state, lag_rows, last_error)
      FROM pgmesh_replicas WHERE state::text <> 'live' OR lag_rows > 0""";

  /** Runs statements, one after the other. */
  void run(String... statements) throws SQLException {
    run(List.of(statements));
  }

  void run(List<String> statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(mesh.jdbc());
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The numbers in a query's only column. */
  Set<Long> numbers(String query) throws SQLException {
    var found = new HashSet<Long>();
    texts(mesh, query).forEach(text -> found.add(Long.valueOf(text)));
    return found;
  }

  /** A query's only column, in order. */
  static List<String> texts(Endpoint server, String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection(server.jdbc());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      var found = new ArrayList<String>();
      while (rows.next()) {
        found.add(rows.getString(1));
      }
      return found;
    }
  }

  List<Endpoint> workers() throws SQLException {
    return servers("groupid > 0");
  }

  Endpoint coordinator() throws SQLException {
    return servers("groupid = 0").getFirst();
  }

  private List<Endpoint> servers(String condition) throws SQLException {
    return numbers("SELECT nodeport FROM pg_dist_node WHERE " + condition).stream()
        .map(port -> Endpoint.local(port.intValue()))
        .toList();
  }

  /** Fails when a prepared transaction is left on any server for so long. */
  void awaitNothingPrepared(Duration within) throws SQLException {
    var servers = new ArrayList<>(workers());
    servers.add(coordinator());
    awaitNone(
        "prepared transactions",
        within,
        () -> {
          var left = new ArrayList<String>();
          for (Endpoint server : servers) {
            left.addAll(texts(server, "SELECT gid FROM pg_prepared_xacts"));
          }
          return left;
        });
  }

  private static void awaitNone(String what, Duration within, Callable<List<String>> find) {
    until(
        "no " + what,
        within,
        () -> {
          List<String> left = find.call();
          if (!left.isEmpty()) {
            throw new IllegalStateException("there are " + left);
          }
          return true;
        });
  }

  /** Waits until all replicas are live, and compares each of a table's with the primary copy. */
  void assertReplicated(String table) throws SQLException {
    awaitNone("replicas that are behind", LIVE_WITHIN, () -> texts(mesh, BEHIND));
    String rows = "SELECT t::text FROM " + table + " t ORDER BY 1";
    List<String> primary = texts(coordinator(), rows);
    for (Endpoint worker : workers()) {
      assertThat(texts(worker, rows)).as("%s on %s", table, worker).isEqualTo(primary);
    }
  }
}
