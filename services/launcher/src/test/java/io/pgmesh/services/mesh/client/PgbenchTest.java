package io.pgmesh.services.mesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.mesh.WithMesh;
import io.pgmesh.services.mesh.wire.Endpoint;
import io.pgmesh.services.mesh.wire.Reply.Rows;
import io.pgmesh.services.mesh.wire.WireClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Concurrent clients that move money between accounts on different workers. */
@ExtendWith(WithMesh.class)
@TestInstance(Lifecycle.PER_CLASS)
class PgbenchTest {
  private static final int TENANTS = 20;
  private static final String TRANSFER =
      """
      \\set x random(1, %d)
      \\set y random(1, %d)
      \\set t1 least(:x, :y)
      \\set t2 greatest(:x, :y)
      \\set d random(-100, 100)
      BEGIN;
      UPDATE bench_accounts SET balance = balance - :d WHERE tenant = :t1;
      UPDATE bench_accounts SET balance = balance + :d WHERE tenant = :t2;
      INSERT INTO bench_history (tenant, delta) VALUES (:t1, :d);
      COMMIT;
      """
          .formatted(TENANTS, TENANTS);
  private static final String READ =
      "\\set t random(1, %d)\nSELECT balance FROM bench_accounts WHERE tenant = :t;\n"
          .formatted(TENANTS);

  private Endpoint mesh;

  @BeforeAll
  void create_tables(Endpoint endpoint) {
    Command.assumeInstalled("pgbench", "--version");
    mesh = endpoint;
    sql("DROP TABLE IF EXISTS bench_accounts, bench_history");
    sql("CREATE TABLE bench_accounts (tenant int PRIMARY KEY, balance bigint NOT NULL)");
    sql("CREATE TABLE bench_history (tenant int, delta int, at timestamptz DEFAULT now())");
    sql("SELECT create_distributed_table('bench_accounts', 'tenant')");
    sql("SELECT create_distributed_table('bench_history', 'tenant')");
    sql(
        "INSERT INTO bench_accounts SELECT i, 1000 FROM generate_series(1, %d) i"
            .formatted(TENANTS));
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended", "prepared"})
  void transfers_keep_the_sum(String protocol, @TempDir Path folder) throws IOException {
    Path transfer = Files.writeString(folder.resolve("transfer.sql"), TRANSFER);
    Path read = Files.writeString(folder.resolve("read.sql"), READ);
    long before = number("SELECT count(*) FROM bench_history");
    String output =
        pgbench(
            "-n",
            "-M",
            protocol,
            "-c",
            "4",
            "-j",
            "2",
            "-t",
            "50",
            "--max-tries=20",
            "-f",
            transfer + "@1",
            "-f",
            read + "@1");
    assertThat(output).contains("number of failed transactions: 0").contains("tps = ");
    assertThat(number("SELECT sum(balance) FROM bench_accounts")).isEqualTo(TENANTS * 1000L);
    assertThat(number("SELECT count(*) FROM bench_history")).isGreaterThan(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "prepared"})
  void its_own_tables_are_made_and_used(String protocol) {
    pgbench("-i", "-q", "-s", "1");
    String output = pgbench("-M", protocol, "-c", "2", "-t", "20");
    assertThat(output).contains("number of failed transactions: 0");
    sql("DROP TABLE pgbench_accounts, pgbench_branches, pgbench_history, pgbench_tellers");
  }

  private String pgbench(String... options) {
    var words = new java.util.ArrayList<String>();
    words.add("pgbench");
    words.addAll(java.util.List.of(options));
    return Command.of(words)
        .environment("PGHOST", mesh.host())
        .environment("PGPORT", String.valueOf(mesh.port()))
        .environment("PGUSER", mesh.user())
        .environment("PGDATABASE", mesh.database())
        .within(Duration.ofSeconds(90))
        .output();
  }

  private void sql(String text) {
    try (var client = WireClient.connect(mesh, Duration.ofSeconds(30))) {
      assertThat(client.simple(text).failure()).isNull();
    }
  }

  private long number(String query) {
    try (var client = WireClient.connect(mesh, Duration.ofSeconds(30))) {
      return client.simple(query).results().getFirst() instanceof Rows rows
          ? Long.parseLong(rows.values().getFirst().getFirst())
          : -1;
    }
  }
}
