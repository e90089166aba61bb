package io.pgmesh.router.planner;

import io.pgmesh.contracts.api.SessionEvent.Relation;
import io.pgmesh.contracts.catalog.Column;
import io.pgmesh.contracts.catalog.Column.Fill;
import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.router.sql.Lexer;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SqlWriter;
import java.util.List;

/**
 * Columns whose default is the transaction's time or is computed from it. Workers do not fill them:
 * the default is written out, so that {@link TransactionTime} finds it.
 */
final class TimeDefaults {
  private TimeDefaults() {}

  /** Whether a table of the statement may have such a column. */
  static boolean mayBeIn(PlanContext context) {
    return context.inspection().relations().stream()
        .map(Relation::oid)
        .flatMap(oid -> context.catalog().table(oid).stream())
        .map(MeshTable::columns)
        .anyMatch(columns -> columns.stream().anyMatch(TimeDefaults::mayAsk));
  }

  private static boolean mayAsk(Column column) {
    return column.fill() == Fill.WORKER && TransactionTime.mayBeIn(column.defaultSql());
  }

  private static boolean has(Column column) {
    return mayAsk(column) && TransactionTime.isIn(phrase(column));
  }

  /** Whether a column's default is such a one for all rows. */
  static boolean isConstant(Column column) {
    return has(column)
        && CoordinatorReads.calls(phrase(column)).stream()
            .allMatch(name -> BuiltinFunctions.kind(name) == BuiltinFunctions.Kind.SCALAR);
  }

  private static Phrase phrase(Column column) {
    return Phrase.of(column.defaultSql(), Lexer.tokens(column.defaultSql()));
  }

  /** Those that an INSERT gives no values for. */
  static List<Column> absent(Distributed table, List<Column> given, PlanContext context) {
    return table.columns().stream()
        .filter(column -> !given.contains(column))
        .filter(column -> isWritten(column, table, context))
        .toList();
  }

  /**
   * Whether the default is written out where the client gives no value: a role that may insert into
   * some columns only gets the worker's time.
   */
  static boolean isWritten(Column column, Distributed table, PlanContext context) {
    return has(column) && context.mayInsert(table);
  }

  /** Whether an expression for a column is DEFAULT, and that such a one. */
  static boolean isAsked(Phrase expression, Column column) {
    return expression.size() == 1 && expression.starts("default") && has(column);
  }

  static String sql(Column column) {
    return "(" + column.defaultSql() + ")";
  }

  /** Puts such defaults in place of DEFAULT behind the SET of a statement. */
  static void replaceIn(Assignments assignments, Distributed table, SqlWriter.Replacing text) {
    for (Assignments.Assignment assignment : assignments.list()) {
      List<Phrase> values = assignment.values();
      for (int i = 0; i < Math.min(values.size(), assignment.columns().size()); i++) {
        Phrase value = values.get(i);
        String name = assignment.columns().get(i);
        table.columns().stream()
            .filter(column -> column.name().equals(name) && isAsked(value, column))
            .forEach(column -> text.replace(value, sql(column)));
      }
    }
  }
}
