package io.pgmesh.loadtests.gatling;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nothing is measured: each simulation runs for a moment against a real mesh. */
class SimulationsTest {
  private static LocalMesh mesh;
  @TempDir private static Path reports;

  @BeforeAll
  static void start() throws IOException {
    mesh = LocalMesh.start();
    Map.of(
            "load.url", mesh.url() + "?options=-c%20citus.shard_count=8", // sooner made
            "load.http", mesh.httpUrl(),
            "load.users", "8",
            "load.seconds", "1",
            "load.rate", "100",
            "load.tenants", "20",
            "load.batch", "100",
            "load.rows", "1000")
        .forEach(System::setProperty);
  }

  @AfterAll
  static void stop() throws IOException {
    mesh.close();
  }

  @ParameterizedTest
  @CsvSource({
    "tenant-mix, connect|point read|update|insert|transaction",
    "tenant-mix-http, point read|update|insert|tenant top",
    "dashboard, totals|by region (ref join)|top tenants|by day",
    "dashboard-http, totals|by region (ref join)|top tenants|by day",
    "ingest, COPY of 100 rows|INSERT of 50 rows",
    "storm, connect|point read|disconnect",
    "ramp-up, point read",
  })
  void each_simulation_runs_without_a_failed_request(String name, String requests)
      throws IOException {
    var result = Main.run(reports, name);
    assertThat(result.passed()).isTrue();
    assertThat(result.report().orElseThrow().resolve("index.html"))
        .content()
        .contains(requests.split("\\|"))
        .contains("check that acknowledged rows are there");
  }
}
