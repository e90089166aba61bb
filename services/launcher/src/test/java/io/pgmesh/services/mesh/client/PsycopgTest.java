package io.pgmesh.services.mesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.mesh.WithMesh;
import io.pgmesh.services.mesh.wire.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(WithMesh.class)
class PsycopgTest {
  /** The interpreter that sees the distribution's python3-psycopg2. */
  private static final Path DEBIAN = Path.of("/usr/bin/python3");

  @Test
  void it_works_unchanged(Endpoint mesh, @TempDir Path folder) throws IOException {
    String python = Files.exists(DEBIAN) ? DEBIAN.toString() : "python3";
    Command.assumeInstalled(python, "-c", "import psycopg2");
    Path script = folder.resolve("test.py");
    try (InputStream resource = getClass().getResourceAsStream("/client/psycopg.py")) {
      Files.copy(resource, script);
    }
    assertThat(
            Command.of(
                    python,
                    script.toString(),
                    "host=%s port=%d user=%s dbname=%s"
                        .formatted(mesh.host(), mesh.port(), mesh.user(), mesh.database()))
                .output())
        .contains("all good");
  }
}
