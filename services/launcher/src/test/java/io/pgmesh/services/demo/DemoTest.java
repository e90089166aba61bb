package io.pgmesh.services.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.services.mesh.MeshProcess;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {

  @Test
  void every_kind_of_table_and_every_tier_is_shown(@TempDir Path folder) throws Exception {
    try (var mesh = MeshProcess.start(folder.resolve("data"))) {
      String first = run(mesh);
      assertThat(first)
          .contains("COPY companies: 20 rows", "COPY impressions: 10000 rows")
          .contains("13. where it all is", "impressions")
          .contains("tier: one shard", "tier: pushdown")
          .doesNotContain("ERROR");
      assertThat(run(mesh)).contains("The demo's tables are there already.");
      dropNotes(mesh);
      assertThatThrownBy(() -> Demo.run(mesh.endpoint().jdbc(), System.out))
          .hasMessageContaining("not the demo's");
    }
  }

  @Test
  void rows_are_the_same_every_time() {
    assertThat(AdsRows.clicks()).isEqualTo(AdsRows.clicks()).startsWith("1\t");
    assertThat(AdsRows.clicks().lines()).hasSize(AdsRows.CLICKS);
  }

  private static String run(MeshProcess mesh) throws Exception {
    var shown = new ByteArrayOutputStream();
    try (var out = new PrintStream(shown, true, StandardCharsets.UTF_8)) {
      Demo.run(mesh.endpoint().jdbc(), out);
    } catch (SQLException e) {
      throw new AssertionError(shown.toString(StandardCharsets.UTF_8), e);
    }
    return shown.toString(StandardCharsets.UTF_8);
  }

  private static void dropNotes(MeshProcess mesh) throws SQLException {
    try (var connection = DriverManager.getConnection(mesh.endpoint().jdbc());
        var statement = connection.createStatement()) {
      statement.execute("DROP TABLE ads.demo_notes");
    }
  }
}
