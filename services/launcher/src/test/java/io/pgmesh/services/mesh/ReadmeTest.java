package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.embedded.FreePorts;
import io.pgmesh.services.mesh.client.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the README, in their order, as a newcomer would type them. */
class ReadmeTest {
  private static final Pattern SHELL_BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

  @Test
  void its_commands_work(@TempDir Path folder) throws IOException {
    Command.assumeInstalled("psql", "--version");
    Command.assumeInstalled("curl", "--version");
    var own = new OwnPlace(folder.resolve("data"), FreePorts.one(), FreePorts.one());
    Path root = root();
    var output = new ArrayList<String>();
    try {
      for (String command : commands(root)) {
        output.add(
            Command.of("sh", "-c", own.adapt(command))
                .in(root)
                .within(Duration.ofMinutes(4))
                .output());
      }
    } finally {
      Command.of("./pgmesh", "down", "--data", own.data.toString()).in(root).run();
    }
    assertThat(output.getFirst()).containsPattern("(?m)^ready: ");
    assertThat(output).anyMatch(text -> text.contains("20 |") || text.contains("100"));
  }

  private static List<String> commands(Path root) throws IOException {
    return SHELL_BLOCK
        .matcher(Files.readString(root.resolve("README.md")))
        .results()
        .flatMap(block -> block.group(1).lines())
        .toList();
  }

  private static Path root() {
    return Stream.iterate(Path.of("").toAbsolutePath(), Path::getParent)
        .filter(folder -> Files.exists(folder.resolve("pgmesh")))
        .findFirst()
        .orElseThrow();
  }

  /** A data folder and ports that nobody else uses. */
  private record OwnPlace(Path data, int port, int httpPort) {
    String adapt(String command) {
      return command
          .replaceFirst("^\\./pgmesh up", "./pgmesh up --port " + port + " --http-port " + httpPort)
          .replaceFirst("^(\\./pgmesh \\w+)", "$1 --data " + data)
          .replace(":6432/", ":" + port + "/")
          .replace(":8432/", ":" + httpPort + "/");
    }
  }
}
