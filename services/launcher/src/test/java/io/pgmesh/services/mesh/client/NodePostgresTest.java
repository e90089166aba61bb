package io.pgmesh.services.mesh.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgmesh.services.mesh.WithMesh;
import io.pgmesh.services.mesh.wire.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(WithMesh.class)
class NodePostgresTest {
  private static final String VERSION = "pg@8";

  @Test
  void it_works_unchanged(Endpoint mesh, @TempDir Path folder) throws IOException {
    Command.assumeInstalled("node", "--version");
    Command.assumeInstalled("npm", "--version");
    Files.writeString(folder.resolve("package.json"), "{\"private\": true}");
    var install =
        Command.of("npm", "install", "--no-audit", "--no-fund", "--loglevel=error", VERSION)
            .in(folder)
            .within(Duration.ofSeconds(120))
            .run();
    assumeTrue(install.exitCode() == 0, "npm cannot install " + VERSION + ": " + install.output());
    try (InputStream script = getClass().getResourceAsStream("/client/node-postgres.js")) {
      Files.copy(script, folder.resolve("test.js"));
    }
    assertThat(
            Command.of("node", "test.js")
                .in(folder)
                .environment("PGHOST", mesh.host())
                .environment("PGPORT", String.valueOf(mesh.port()))
                .environment("PGUSER", mesh.user())
                .environment("PGDATABASE", mesh.database())
                .output())
        .contains("all good");
  }
}
