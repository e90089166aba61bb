package io.pgmesh.router.session;

import io.pgmesh.router.wire.Backend;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The mesh's answer when the coordinator database's planner asks by EXPLAIN what a scan through the
 * loopback would cost ({@code use_remote_estimate}). Rows of several shards do not arrive sorted,
 * so a sorted scan is priced out of the market: PostgreSQL sorts by itself.
 */
final class ScanEstimate {
  private static final Pattern EXPLAIN = Pattern.compile("\\s*EXPLAIN\\s.*", flags());
  private static final Pattern SORTED = Pattern.compile(".*\\sORDER\\s+BY\\s.*", flags());

  private static final String SCAN = "Foreign Scan  (cost=100.00..1100.00 rows=1000 width=64)";
  private static final String SORTED_SCAN = "Foreign Scan  (cost=1e200..2e200 rows=1000 width=64)";

  static final Buffer DESCRIPTION =
      Backend.CODECS.frame(
          new Backend.RowDescription(
              List.of(new Backend.Field("QUERY PLAN", 0, 0, 25, -1, -1, 0))));

  private ScanEstimate() {}

  static boolean matches(String sql) {
    return EXPLAIN.matcher(sql).matches();
  }

  /** One DataRow in the form of EXPLAIN's first line, which postgres_fdw reads. */
  static Buffer row(String sql) {
    String line = SORTED.matcher(sql).matches() ? SORTED_SCAN : SCAN;
    return Backend.CODECS.frame(
        new Backend.DataRow(List.of(line.getBytes(StandardCharsets.UTF_8))));
  }

  private static int flags() {
    return Pattern.CASE_INSENSITIVE | Pattern.DOTALL;
  }
}
