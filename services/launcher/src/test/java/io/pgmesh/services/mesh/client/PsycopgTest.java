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
  @Test
  void it_works_unchanged(Endpoint mesh, @TempDir Path folder) throws IOException {
    Command.assumeInstalled("python3", "-c", "import psycopg2");
    Path script = folder.resolve("test.py");
    try (InputStream resource = getClass().getResourceAsStream("/client/psycopg.py")) {
      Files.copy(resource, script);
    }
    assertThat(
            Command.of(
                    "python3",
                    script.toString(),
                    "host=%s port=%d user=%s dbname=%s"
                        .formatted(mesh.host(), mesh.port(), mesh.user(), mesh.database()))
                .output())
        .contains("all good");
  }
}
