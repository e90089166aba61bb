package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.mesh.wire.WireClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Many clients, and clients that do not read, at a node with little memory. */
class ManyClientsTest {
  private static final int CONNECTIONS = 16;
  private static final int CLIENTS = 600;
  private static final int ACTIVE = 100;
  private static final int UNREAD = 4;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final TestFolder FOLDER = TestFolder.make();
  private static MeshProcess mesh;

  private final List<Connection> clients = Collections.synchronizedList(new ArrayList<>());

  @BeforeAll
  static void start() throws Exception {
    Path config = FOLDER.path().resolve("mesh.yaml");
    Files.writeString(config, "executor: {poolConnectionsMax: %d}\n".formatted(CONNECTIONS));
    mesh = MeshProcess.start(FOLDER.path().resolve("mesh"), "--config", config.toString());
    try (Connection client = connect()) {
      Jdbc.run(client, "CREATE TABLE item (id int PRIMARY KEY, twice int)");
      Jdbc.run(client, "SELECT create_distributed_table('item', 'id')");
      Jdbc.run(client, "INSERT INTO item SELECT n, 2 * n FROM generate_series(1, 1000) n");
    }
    mesh.close();
    mesh.launch("-Xmx160m", "-XX:MaxDirectMemorySize=128m", "-XX:+ExitOnOutOfMemoryError");
  }

  @AfterAll
  static void stop() throws Exception {
    mesh.close();
    FOLDER.close();
  }

  @AfterEach
  void closeClients() throws Exception {
    for (Connection client : clients) {
      client.close();
    }
  }

  private static Connection connect() throws SQLException {
    var at = mesh.endpoint();
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:%d/%s".formatted(at.host(), at.port(), at.database()), at.user(), "");
  }

  @Test
  void many_clients_share_few_connections() throws Exception {
    inParallel(CLIENTS, () -> clients.add(connect()));
    var next = clients.iterator();
    inParallel(ACTIVE, () -> transactions(next.next()));
    var metrics = Metrics.of(mesh);
    assertThat(metrics.value("pgmesh_client_connections")).isGreaterThanOrEqualTo(CLIENTS);
    assertThat(metrics.labelled("pgmesh_server_connections", "part=\"worker\""))
        .hasSizeGreaterThanOrEqualTo(2)
        .allMatch(open -> open <= CONNECTIONS + CONNECTIONS / 4); // the mesh's own
    assertThat(metrics.labelled("pgmesh_server_waiting", "")).containsOnly(0.0);
  }

  /** Statements of one shard and of all, and transactions that keep connections to all workers. */
  private static boolean transactions(Connection client) throws SQLException {
    for (int i = 1; i <= 5; i++) {
      assertThat(Jdbc.run(client, "SELECT twice FROM item WHERE id = " + i))
          .containsOnly("" + 2 * i);
      client.setAutoCommit(false);
      Jdbc.run(
          client, "UPDATE item SET twice = twice WHERE id = " + (int) (1 + Math.random() * 999));
      assertThat(Jdbc.run(client, "SELECT count(*), sum(twice) FROM item"))
          .containsOnly("1000|1001000");
      client.setAutoCommit(true); // which commits
    }
    return true;
  }

  private static void inParallel(int times, Callable<Boolean> work) throws Exception {
    try (var threads = Executors.newFixedThreadPool(ACTIVE)) {
      for (Future<Boolean> done : threads.invokeAll(Collections.nCopies(times, work))) {
        assertThat(done.get()).isTrue();
      }
    }
  }

  @Test
  void who_waits_for_a_connection_can_cancel_and_others_log_in() throws Exception {
    var waiting = new ArrayList<Statement>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var ends = new ArrayList<Future<String>>();
      for (int i = 0; i < 3 * CONNECTIONS; i++) {
        clients.add(connect());
        clients.get(i).setAutoCommit(false);
        Statement statement = clients.get(i).createStatement();
        waiting.add(statement);
        ends.add(threads.submit(() -> stateOf(statement, "SELECT count(*) FROM item")));
      }
      Await.until(
          "some have connections and the others wait",
          LIMIT,
          () -> ends.stream().filter(Future::isDone).count() + waiting() == ends.size());
      assertThat(waiting()).isPositive();
      clients.add(connect());
      for (int i = 0; i < ends.size(); i++) {
        if (!ends.get(i).isDone()) {
          waiting.get(i).cancel();
        }
      }
      var states = new TreeSet<String>();
      for (Future<String> end : ends) {
        states.add(end.get(10, TimeUnit.SECONDS));
      }
      assertThat(states).containsExactly("00000", "57014");
    }
  }

  @Test
  void statement_timeout_counts_the_wait_for_a_connection() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var ends = new ArrayList<Future<String>>();
      for (int i = 0; i < 3 * CONNECTIONS; i++) {
        String options = i % 2 == 0 ? "&options=-c%20statement_timeout=1s" : "";
        Connection client = DriverManager.getConnection(mesh.endpoint().jdbc() + options);
        clients.add(client);
        if (i % 2 == 1) {
          Jdbc.run(client, "SET statement_timeout TO 1000");
        }
        client.setAutoCommit(false);
        Statement statement = client.createStatement();
        ends.add(threads.submit(() -> endOf(statement, "SELECT count(*) FROM item")));
      }
      var said = new TreeSet<String>();
      for (Future<String> end : ends) {
        said.add(end.get(10, TimeUnit.SECONDS));
      }
      assertThat(said)
          .containsExactly(
              "00000 in time", "57014 ERROR: canceling statement due to statement timeout in time");
      for (int i = 0; i < ends.size(); i++) {
        clients.get(i).rollback();
      }
      assertThat(Jdbc.run(clients.getLast(), "SELECT count(*) FROM item")).containsExactly("1000");
    }
  }

  private static String endOf(Statement statement, String sql) {
    long began = System.nanoTime();
    String end;
    try {
      statement.execute(sql);
      end = "00000";
    } catch (SQLException e) {
      end = e.getSQLState() + " " + e.getMessage();
    }
    return end + (System.nanoTime() - began < 3_000_000_000L ? " in time" : " late");
  }

  private static long waiting() throws Exception {
    return Metrics.of(mesh).labelled("pgmesh_server_waiting", "").stream()
        .mapToLong(Double::longValue)
        .sum();
  }

  private static String stateOf(Statement statement, String sql) {
    try {
      statement.execute(sql);
      return "00000";
    } catch (SQLException e) {
      return e.getSQLState();
    }
  }

  @Test
  void clients_that_stop_reading_cost_little_memory_and_hold_nobody_up() throws Exception {
    var unread = new ArrayList<WireClient>();
    try (Connection client = connect()) {
      for (int i = 0; i < UNREAD; i++) { // 3 GB each
        unread.add(WireClient.connect(mesh.endpoint(), LIMIT));
        unread.getLast().ask("SELECT id, repeat('x', 3000000) FROM item");
      }
      Await.until("both workers wait for the clients", LIMIT, () -> blocked(client) == 2 * UNREAD);
      transactions(client);
      assertThat(blocked(client)).isEqualTo(2 * UNREAD);
      unread.forEach(WireClient::close);
      Await.until("the workers' statements have ended", LIMIT, () -> blocked(client) == 0);
      transactions(client);
    } finally {
      unread.forEach(WireClient::close);
    }
  }

  private static int blocked(Connection client) throws SQLException {
    String waiting =
        "SELECT sum(result::int) FROM run_command_on_workers("
            + "'SELECT count(*) FROM pg_stat_activity WHERE wait_event = ''ClientWrite''')";
    return Integer.parseInt(Jdbc.run(client, waiting).getFirst());
  }
}
