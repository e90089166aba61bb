package io.pgmesh.router.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatementShapeTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "select a from t where id = 7 | select a from t where id = 8",
        "select a from t where id = 7 and b > 1.5 | select a  from t where id= /* c */ 8 and b > 2.25",
        "select a from t where v = 'x' | select a from t where v = 'y''z'",
        "update t set a = a + -7 where id = 1 | update t set a = a + -8 where id = 2",
        "insert into t values (1, 'a', -3) | insert into t values (2, 'b', -4)",
        "select a from t where b between 1 and 20 | select a from t where b between 3 and 4",
        "select a from t where b in (1, -2, 3) | select a from t where b in (4, -55, 6)",
        "delete from t where v not in ('x') and b = 1 | delete from t where v not in ('yy') and b = 2",
      })
  void statements_that_differ_in_constants_only_are_alike(String one, String other) {
    assertThat(shape(one)).isEqualTo(shape(other));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "select 1 | select 2",
        "select 'a' | select 'b'",
        "select a::varchar(10) from t | select a::varchar(20) from t",
        "select a + 1 from t | select a + 3000000000 from t",
        "select a + 1 from t | select a + 1.0 from t",
        "select a from t where v = 1 | select a from t where v = '1'",
        "select a from t where v = 1 | select b from t where v = 1",
        "select a from t order by 1 | select a from t order by 2",
        "insert into t values (1) returning a::char(1) | insert into t values (1) returning a::char(2)",
        "select a from t where d > date '2020-01-01' | select a from t where d > date '2021-01-01'",
        "select a from t where b in (1, 2) | select a from t where b in (1, 2, 3)",
        "select a from t where b in (1, 2) | select a from t where b in (1, 1)",
        "select a from t where b in (select c, 1) | select a from t where b in (select c, 2)",
        "select a from t where b in (1, f(2)) | select a from t where b in (1, f(3))",
        "select a from t where b in (1) order by 1, 2 | select a from t where b in (1) order by 1, 3",
        "select a from t where b in (1), f(1, 2) | select a from t where b in (1), f(1, 3)",
        "select \"a\" from t | select \"A\" from t",
      })
  void statements_that_may_differ_in_columns_are_not(String one, String other) {
    assertThat(shape(one)).isNotEqualTo(shape(other));
  }

  @ParameterizedTest
  @CsvSource({
    "select a from t where b = 5 and c = 5, select a from t where b = 5 and c = 6",
    "select a from t where b = 5 and c = 6, select a from t where b = 6 and c = 6",
  })
  void equal_constants_are_a_part_of_the_shape(String one, String other) {
    assertThat(shape(one)).isNotEqualTo(shape(other));
  }

  private static String shape(String sql) {
    return StatementShape.of(Phrase.of(sql, Lexer.tokens(sql)));
  }
}
