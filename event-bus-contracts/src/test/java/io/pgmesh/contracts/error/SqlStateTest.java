package io.pgmesh.contracts.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SqlStateTest {
  @Test
  void codes_are_five_characters_and_unique() {
    assertThat(Arrays.stream(SqlState.values()).map(SqlState::code))
        .allMatch(code -> code.matches("[0-9A-Z]{5}"))
        .doesNotHaveDuplicates();
  }
}
