package io.pgmesh.contracts.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SqlErrorTest {
  @Test
  void a_text_too_deep_for_the_stack_fails_as_in_postgresql() {
    ErrorFields fields = SqlError.from(new StackOverflowError()).fields();
    assertThat(fields.code()).isEqualTo("54001");
    assertThat(fields.message()).isEqualTo("stack depth limit exceeded");
  }
}
