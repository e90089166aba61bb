package io.pgmesh.router.planner;

import io.pgmesh.contracts.api.SessionEvent.Relation;
import io.pgmesh.contracts.catalog.Column;
import io.pgmesh.contracts.catalog.Column.Fill;
import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.router.sql.Lexer;
import io.pgmesh.router.sql.Phrase;
import java.util.regex.Pattern;

/** Columns whose default is the transaction's time or is computed from it. */
final class TimeDefaults {
  private static final Pattern MAY_ASK =
      Pattern.compile("(?i)now|transaction_timestamp|current_|localtime");

  private TimeDefaults() {}

  /** Whether a table of the statement may have such a column. */
  static boolean mayBeIn(PlanContext context) {
    return context.inspection().relations().stream()
        .map(Relation::oid)
        .flatMap(oid -> context.catalog().table(oid).stream())
        .map(MeshTable::columns)
        .anyMatch(columns -> columns.stream().anyMatch(column -> mayAsk(column)));
  }

  private static boolean mayAsk(Column column) {
    return column.fill() == Fill.WORKER && MAY_ASK.matcher(column.defaultSql()).find();
  }

  static boolean has(Column column) {
    String sql = column.defaultSql();
    return mayAsk(column) && TransactionTime.isIn(Phrase.of(sql, Lexer.tokens(sql)));
  }
}
