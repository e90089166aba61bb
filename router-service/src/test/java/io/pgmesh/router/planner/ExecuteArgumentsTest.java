package io.pgmesh.router.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.router.sql.Statement;
import io.pgmesh.router.sql.StatementReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExecuteArgumentsTest {
  private static Statement.Execute execute(String arguments) {
    return (Statement.Execute) StatementReader.read("execute p (" + arguments + ")").statement();
  }

  private static String plain(String argument, long type) {
    return ExecuteArguments.plain(ExecuteArguments.of(execute(argument)), List.of(type))
        .map(values -> values.getFirst())
        .map(value -> new String(value, StandardCharsets.UTF_8))
        .orElse("asked");
  }

  /** Types: 16 bool, 20 to 23 integers, 25 text, 1082 date, 1700 numeric, 2950 uuid. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      textBlock =
          """
          7 | 23 | 7
          -7 | 20 | -7
          '7' | 23 | 7
          'it''s' | 25 | it's
          'x' | 1043 | x
          1.50 | 1700 | 1.50
          -3 | 1700 | -3
          true | 16 | true
          'false' | 16 | false
          '2024-02-29' | 1082 | 2024-02-29
          '0f0e0d0c-0b0a-0908-0706-050403020100' | 2950 | 0f0e0d0c-0b0a-0908-0706-050403020100
          """,
      delimiter = '|')
  void a_constant_that_any_server_reads_alike_is_a_value(String argument, long type, String value) {
    assertThat(plain(argument, type)).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      textBlock =
          """
          3000000000 | 23
          40000 | 21
          1.5 | 23
          7 | 25
          'x' | 23
          ' 7' | 23
          0x10 | 23
          1_000 | 23
          9223372036854775808 | 1700
          't' | 16
          '2023-02-29' | 1082
          'today' | 1082
          '31.1.2024' | 1082
          'a\\b' | 25
          E'x' | 25
          U&'x' | 25
          'x'::text | 25
          1 + 1 | 23
          null | 16400
          nothing | 16
          ($1) | 23
          """,
      delimiter = '|')
  void anything_else_is_computed_by_the_database(String argument, long type) {
    assertThat(plain(argument, type)).isEqualTo("asked");
  }

  @Test
  void null_is_a_value_of_types_of_postgresql_s_own() {
    var arguments = ExecuteArguments.of(execute("null, 1"));
    assertThat(ExecuteArguments.plain(arguments, List.of(1082L, 23L)).orElseThrow())
        .hasSize(2)
        .first()
        .isNull();
  }

  @Test
  void the_question_copies_the_arguments_as_they_are_written() {
    Plan.Evaluation question =
        ExecuteArguments.evaluation(execute("f(1),  'x'"), List.of(23L, 25L), false);
    assertThat(question.call().text()).isEqualTo("EXECUTE pgmesh_arguments (f(1),  'x')");
    assertThat(question.call().originalPosition(question.call().text().indexOf("f(") + 1))
        .isEqualTo("execute p (".length() + 1);
    assertThat(question.writes()).isTrue();
    assertThat(evaluation("abs(1)").writes()).isFalse();
  }

  private static Plan.Evaluation evaluation(String argument) {
    return ExecuteArguments.evaluation(execute(argument), List.of(23L), false);
  }

  @Test
  void what_lasts_as_long_as_the_session_keeps_it_its_connection() {
    assertThat(evaluation("1 + PG_TRY_advisory_lock(1)::int").effects())
        .isEqualTo(Plan.Effects.SESSION);
    assertThat(evaluation("pg_catalog.\"set_config\"('a.b', '1', false)").effects())
        .isEqualTo(Plan.Effects.SESSION);
    assertThat(evaluation("abs(1)").effects()).isEqualTo(Plan.Effects.BUILT_IN);
  }

  @Test
  void settings_of_the_mesh_take_no_other_values() {
    assertThatThrownBy(() -> evaluation("set_config('pgmesh.absent', '1', false)"))
        .hasMessageContaining("pgmesh.absent");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      textBlock =
          """
          '2024-01-01 10:00', 1.5, array[1, 2]::bigint[] | true
          date '2024-01-01', -1, null | true
          'now', 1 | false
          now(), 1 | false
          current_date | false
          1 + abs(2) | false
          """,
      delimiter = '|')
  void constants_need_no_transaction_of_the_statement_s(String arguments, boolean constant) {
    assertThat(ExecuteArguments.areConstant(execute(arguments).arguments())).isEqualTo(constant);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          prepare p as select 1,                          Prepare
          prepare "P" (int) as select 1,                  Prepare
          prepare p (int) select 1,                       Utility
          prepare,                                        Utility
          execute p,                                      Execute
          execute p (1),                                  Execute
          execute p (),                                   Utility
          execute p (1) x,                                Utility
          execute,                                        Utility
          deallocate p,                                   Deallocate
          deallocate prepare p,                           Deallocate
          deallocate prepare,                             Deallocate
          deallocate all,                                 Utility
          deallocate prepare all,                         Utility
          deallocate "all",                               Deallocate
          """)
  void statements_about_prepared_ones_are_known_by_their_form(String sql, String kind) {
    assertThat(StatementReader.read(sql).statement().getClass().getSimpleName()).isEqualTo(kind);
  }
}
