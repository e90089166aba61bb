package io.pgmesh.contracts.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
  private static final Arguments BINARY =
      new Arguments(List.of(23L), List.of(1), List.of(bytes("a"), bytes("b")), List.of(1));

  @Test
  void a_typed_parameter_stands_behind_those_whose_types_were_not_given() {
    Arguments more = BINARY.with(1184, null);

    assertThat(more.types()).containsExactly(23L, 0L, 1184L);
    assertThat(more.formats()).containsExactly(1, 1, 1);
    assertThat(more.values()).containsExactly(BINARY.values().get(0), BINARY.values().get(1), null);
    assertThat(more.resultFormats()).containsExactly(1);
  }

  @Test
  void texts_keep_the_one_format_of_those_before_them() {
    Arguments more = BINARY.withTexts(Arrays.asList(bytes("c"), null));

    assertThat(more.types()).containsExactly(23L);
    assertThat(more.formats()).containsExactly(1, 1, 0, 0);
    assertThat(more.values()).hasSize(4).endsWith((byte[]) null);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
