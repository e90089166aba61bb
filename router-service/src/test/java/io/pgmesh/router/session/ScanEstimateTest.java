package io.pgmesh.router.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScanEstimateTest {
  private static final String SCAN = "SELECT id FROM pgmesh_shell.\"16400\"";

  @Test
  void a_sorted_scan_costs_more_than_any_sort() {
    assertThat(cost("EXPLAIN " + SCAN)).isLessThan(10_000);
    assertThat(cost("EXPLAIN " + SCAN + " ORDER BY id ASC NULLS LAST")).isGreaterThan(1e9);
  }

  @Test
  void only_explain_is_answered() {
    assertThat(ScanEstimate.matches(SCAN)).isFalse();
    assertThat(ScanEstimate.matches("EXPLAIN " + SCAN)).isTrue();
  }

  private static double cost(String sql) {
    String row = ScanEstimate.row(sql).toString();
    return Double.parseDouble(row.substring(row.indexOf("..") + 2, row.indexOf(" rows=")));
  }
}
