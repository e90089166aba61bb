package io.pgmesh.services.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.services.launcher.Options.Command;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {
  @Test
  void options_are_settings_by_their_path() {
    var options =
        Options.parse(
            List.of("up", "--data", "/d", "--port=7000", "--detach", "--config", "mesh.yaml"));
    assertThat(options.command()).isEqualTo(Command.UP);
    assertThat(options.detach()).isTrue();
    assertThat(options.config()).contains(Path.of("mesh.yaml"));
    assertThat(options.settings())
        .containsEntry("data", "/d")
        .containsEntry("endpoint.port", "7000");
  }

  @Test
  void help_is_asked_for_in_many_ways() {
    for (List<String> words :
        List.of(List.<String>of(), List.of("--help"), List.of("help"), List.of("up", "--help"))) {
      assertThat(Options.parse(words).command()).isEqualTo(Command.HELP);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "fly, unknown command fly",
    "up --fast, unknown option --fast",
    "up 6432, unknown option 6432",
    "up --port, option --port needs a value",
    "up --port --detach, option --port needs a value",
    "down --port 1, option --port is not for down"
  })
  void a_bad_command_line_is_one_line(String line, String message) {
    assertThatThrownBy(() -> Options.parse(List.of(line.split(" "))))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message);
  }
}
