package io.pgmesh.executor.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatementClockTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "set statement_timeout to 100 | 100",
        "SET LOCAL statement_timeout = '1.5s' | 1500",
        "SET SESSION \"statement_timeout\"='2min' | 120000",
        "set statement_timeout to 0 | 0",
        "SELECT pg_catalog.set_config('statement_timeout', '250ms', false) | 250",
        "set statement_timeout to default | 7000",
        "reset statement_timeout | 7000",
        "`` | 7000",
      })
  void whatever_set_it_last_says_how_long(String sql, long millis) {
    assertThat(StatementClock.millis(sql, "7s")).isEqualTo(millis);
  }
}
