package io.pgmesh.contracts.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That messages are PostgreSQL's own, a test of the whole mesh compares with a server. */
class MeshSettingsTest {

  @Test
  void every_default_is_a_value_that_its_setting_takes() {
    assertThat(MeshSettings.defaults()).hasSizeGreaterThan(100);
    MeshSettings.defaults()
        .forEach(
            (name, value) -> {
              if (!name.equals("citus.version")) {
                assertThat(MeshSettings.checked(name, value)).as(name).isEqualTo(value);
              }
            });
  }

  @Test
  void other_names_are_none_of_its_business() {
    assertThat(MeshSettings.reserves("work_mem")).isFalse();
    assertThat(MeshSettings.reserves("citusx.a")).isFalse();
    assertThat(MeshSettings.reserves("Citus.Shard_Count")).isTrue();
    assertThat(MeshSettings.checked("app.tenant", "abc")).isEqualTo("abc");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "citus.shard_count                    | 0x10      | 16",
        "Citus.Shard_Count                    | ' 7 '     | 7",
        "citus.node_connection_timeout        | 5000      | 5s",
        "citus.node_connection_timeout        | 90s       | 90s",
        "citus.node_connection_timeout        | 1min      | 1min",
        "citus.node_connection_timeout        | 1500000us | 1500ms",
        "citus.max_intermediate_result_size   | 1GB       | 1GB",
        "citus.max_intermediate_result_size   | -1        | -1",
        "citus.enable_repartition_joins       | T         | on",
        "citus.enable_repartition_joins       | of        | off",
        "citus.task_assignment_policy         | ROUND-ROBIN | round-robin",
        "citus.count_distinct_error_rate      | .5        | 0.5",
        "citus.local_hostname                 | any thing | any thing",
        "pgmesh.reference_commit              | two_phase | two_phase",
      })
  void a_value_is_shown_in_one_form(String name, String value, String shown) {
    assertThat(MeshSettings.checked(name, value)).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "citus.shard_count | abc   | 22023 | invalid value for parameter \"citus.shard_count\": \"abc\"",
        "citus.shard_count | 5 kB  | 22023 | invalid value for parameter \"citus.shard_count\": \"5 kB\"",
        "citus.shard_count | 0     | 22023 | 0 is outside the valid range for parameter \"citus.shard_count\" (1 .. 64000)",
        "citus.enable_repartition_joins | o | 22023 | parameter \"citus.enable_repartition_joins\" requires a Boolean value",
        "citus.version     | 1     | 55P02 | parameter \"citus.version\" cannot be changed",
        "citus.nope        | 1     | 42602 | invalid configuration parameter name \"citus.nope\"",
        "pgmesh.change_xid | 1     | 42602 | invalid configuration parameter name \"pgmesh.change_xid\"",
      })
  void what_a_setting_does_not_take_is_refused(
      String name, String value, String code, String message) {
    assertThatThrownBy(() -> MeshSettings.checked(name, value))
        .isInstanceOfSatisfying(
            SqlError.class,
            error -> {
              assertThat(error.code()).isEqualTo(code);
              assertThat(error.fields().message()).isEqualTo(message);
            });
  }

  @Test
  void an_unknown_name_has_a_reserved_prefix() {
    assertThatThrownBy(() -> MeshSettings.checkName("citus.nope"))
        .isInstanceOfSatisfying(
            SqlError.class,
            error ->
                assertThat(error.fields().get(ErrorFields.DETAIL))
                    .isEqualTo("\"citus\" is a reserved prefix."));
  }
}
