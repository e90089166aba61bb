package io.pgmesh.executor.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.contracts.plan.Arguments;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParameterTypesTest {
  private static Arguments arguments(List<Long> types) {
    byte[] value = {'1'};
    return new Arguments(types, List.of(), List.of(value, value, value), List.of());
  }

  @Test
  void declared_types_stay() {
    assertThat(ParameterTypes.of("SELECT $1", arguments(List.of(20L, 23L, 1700L))))
        .containsExactly(20L, 23L, 1700L);
  }

  @Test
  void a_parameter_that_is_not_used_gets_a_type() {
    assertThat(ParameterTypes.of("INSERT INTO t VALUES ($1), ($3)", arguments(List.of())))
        .containsExactly(0L, 25L, 0L);
  }

  @Test
  void the_workers_find_out_what_users_types_are() {
    assertThat(ParameterTypes.of("SELECT $2", arguments(List.of(16500L, 16500L, 16500L))))
        .containsExactly(25L, 0L, 25L);
  }
}
