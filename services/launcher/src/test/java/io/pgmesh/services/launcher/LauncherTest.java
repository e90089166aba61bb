package io.pgmesh.services.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.embedded.FreePorts;
import io.pgmesh.services.mesh.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as users meet it: real processes, real signals. */
class LauncherTest {
  private static final Duration BACK_WITHIN = Duration.ofSeconds(60);

  private final int port = FreePorts.one();
  private final int httpPort = FreePorts.one();
  private Path data;

  @BeforeEach
  void choose_a_folder(@TempDir Path folder) {
    data = folder.resolve("data");
  }

  @AfterEach
  void nothing_is_left() {
    if (Files.exists(data)) {
      Launched.start("down", "--data", data.toString()).exitCode();
    }
    assertThat(processes()).isEmpty();
  }

  /** One life of a mesh, told in one test because each start takes seconds. */
  @Test
  void it_survives_what_users_do_to_it() throws Exception {
    Launched detached = up("--workers", "1", "--detach");
    assertThat(detached.exitCode()).as(detached.output()).isZero();
    assertThat(detached.output())
        .contains("coordinator database on 127.0.0.1:", "worker 1 on", "Kafka on")
        .contains("ready: postgresql://postgres@127.0.0.1:" + port + "/postgres http://127.0.0.1:")
        .doesNotContain("WARN", "ERROR");
    execute("CREATE TABLE kept (id int PRIMARY KEY)", "INSERT INTO kept VALUES (1)");

    Launched second = up();
    assertThat(second.exitCode()).isEqualTo(2);
    assertThat(second.output()).contains("a mesh runs on " + data + " already");

    kill(postmaster("worker-1"));
    Await.until("the worker is back", BACK_WITHIN, () -> postmaster("worker-1").isAlive());

    kill(DataFolder.runningNode(data).orElseThrow());
    assertThat(processes()).as("servers outlive the killed JVM").isNotEmpty();
    Launched again = up().ready();
    assertThat(query("SELECT id FROM kept")).isEqualTo("1");

    again.terminate();
    again.exitCode();
    assertThat(processes()).isEmpty();
    assertThat(data.resolve("pid")).doesNotExist();
    assertThat(data.resolve("endpoint")).doesNotExist();
  }

  @Test
  void down_stops_what_a_killed_launcher_has_left_behind() throws IOException {
    Launched killed = up("--workers", "1");
    Await.until("a server runs", BACK_WITHIN, () -> postmaster("coordinator").isAlive());
    killed.kill();
    Launched down = Launched.start("down", "--data", data.toString());
    assertThat(down.exitCode()).isZero();
    assertThat(down.output()).contains("stopped the mesh in");
    assertThat(data.resolve("pid")).doesNotExist();
  }

  @Test
  void a_port_in_use_is_one_clear_line() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Launched failed =
          Launched.start(
              "up", "--data", data.toString(), "--port", String.valueOf(taken.getLocalPort()));
      assertThat(failed.exitCode()).isEqualTo(2);
      assertThat(failed.output())
          .contains("cannot listen on 127.0.0.1:" + taken.getLocalPort())
          .contains("choose another port with --port");
    }
    assertThat(data).doesNotExist();
  }

  @Test
  void one_port_for_both_endpoints_is_one_clear_line() throws IOException {
    String same = String.valueOf(port);
    Launched failed =
        Launched.start(
            "up", "--detach", "--data", data.toString(), "--port", same, "--http-port", same);
    assertThat(failed.exitCode()).isEqualTo(2);
    assertThat(failed.output())
        .endsWith(
            "pgmesh: http.port: %s is endpoint.port too: each endpoint needs a port of its own\n"
                .formatted(same));
    assertThat(data).doesNotExist();
  }

  @Test
  void a_data_folder_of_another_version_is_one_clear_line() throws IOException {
    Files.createDirectories(data);
    Files.writeString(data.resolve("version"), "99\n");
    Launched failed = up();
    assertThat(failed.exitCode()).isEqualTo(2);
    assertThat(failed.output()).contains("has version 99, this pgmesh uses version 1");
  }

  @Test
  void a_parameter_that_the_servers_refuse_is_one_line_that_names_it(@TempDir Path folder)
      throws IOException {
    Path config = folder.resolve("mesh.yaml");
    Files.writeString(config, "embedded: {parameters: {nosuchparam: 1}}\n");
    Launched failed = up("--config", config.toString());
    assertThat(failed.exitCode()).isEqualTo(2);
    assertThat(failed.output())
        .contains("pgmesh: embedded.parameters.nosuchparam: PostgreSQL refuses it: unrecognized")
        .doesNotContain("pg_ctl");
  }

  @Test
  void a_folder_with_other_files_is_not_taken() throws IOException {
    Files.createDirectories(data);
    Files.writeString(data.resolve("thesis.txt"), "years of work");
    Launched failed = up();
    assertThat(failed.exitCode()).isEqualTo(2);
    assertThat(failed.output()).contains("is not a data folder of pgmesh and not empty");
    Files.delete(data.resolve("thesis.txt"));
  }

  private Launched up(String... options) {
    var words =
        Stream.concat(
            Stream.of("up", "--data", data.toString(), "--port", "" + port, "--http-port"),
            Stream.concat(Stream.of("" + httpPort), Stream.of(options)));
    return Launched.start(words.toArray(String[]::new));
  }

  private static void kill(ProcessHandle process) {
    process.destroyForcibly();
    process.onExit().join();
  }

  private ProcessHandle postmaster(String server) throws IOException {
    String id = Files.readAllLines(data.resolve(server).resolve("postmaster.pid")).getFirst();
    return ProcessHandle.of(Long.parseLong(id.strip())).orElseThrow();
  }

  /** Command lines that name this test's folder: launcher and servers. */
  private List<String> processes() {
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      return all.map(process -> commandLine(process.resolve("cmdline")))
          .filter(line -> line.contains(data.toString()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String commandLine(Path file) {
    try {
      return Files.readString(file).replace('\0', ' ');
    } catch (IOException notAProcessOrEnded) {
      return "";
    }
  }

  private void execute(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private String query(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : "";
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres");
  }
}
