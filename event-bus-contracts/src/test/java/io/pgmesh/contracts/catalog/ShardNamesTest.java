package io.pgmesh.contracts.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShardNamesTest {

  @Test
  void short_names_get_the_suffix() {
    assertThat(ShardNames.of("orders", 102008)).isEqualTo("orders_102008");
    assertThat(ShardNames.of("a".repeat(56), 102008)).isEqualTo("a".repeat(56) + "_102008");
  }

  @Test
  void long_names_are_cut_and_told_apart_by_their_hash() {
    String first = ShardNames.of("a".repeat(57), 102008);
    String second = ShardNames.of("a".repeat(58), 102008);
    assertThat(first).hasSize(63).isEqualTo("a".repeat(47) + "_652b906d_102008");
    assertThat(second).hasSize(63).isNotEqualTo(first);
  }

  @Test
  void names_are_cut_between_characters() {
    String name = ShardNames.of("é".repeat(31), 102008);
    assertThat(ShardNames.bytes(name)).isLessThanOrEqualTo(63);
    assertThat(name).startsWith("é".repeat(23) + "_").endsWith("_102008");
  }
}
