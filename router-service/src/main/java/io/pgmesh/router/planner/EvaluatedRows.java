package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Column;
import io.pgmesh.contracts.catalog.Column.Fill;
import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.router.sql.InsertStatement;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SqlWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows of an INSERT as a query for the coordinator database: every value cast to its column's
 * type without modifier (the shard's INSERT applies that, with PostgreSQL's checks), absent values
 * that come from sequences or are the time added, other absent values left to the shard.
 */
final class EvaluatedRows {

  /** Where a column's values come from; given: index in the client's rows, or -1. */
  private record Output(Column column, int given) {}

  private final InsertStatement insert;
  private final Distributed table;
  private final boolean overridingUser;
  private final List<Output> outputs = new ArrayList<>();

  EvaluatedRows(
      InsertStatement insert, Distributed table, List<Column> given, PlanContext context) {
    this.insert = insert;
    this.table = table;
    this.overridingUser = insert.overriding().has(1, "user");
    for (int i = 0; i < given.size(); i++) {
      if (given.get(i).fill() != Fill.GENERATED) {
        outputs.add(new Output(given.get(i), i));
      }
    }
    for (Column column : table.columns()) {
      boolean needed =
          column.fill() == Fill.COORDINATOR
              || column.name().equals(table.distributionColumn())
              || TimeDefaults.isWritten(column, table, context)
              || given.isEmpty() && column.fill() == Fill.WORKER;
      if (needed && !given.contains(column)) {
        outputs.add(new Output(column, -1));
      }
    }
  }

  List<String> columnNames() {
    return outputs.stream().map(output -> output.column().name()).toList();
  }

  int keyIndex() {
    return Math.max(columnNames().indexOf(table.distributionColumn()), 0);
  }

  /** A VALUES list; its expressions run once a row, in order. */
  SqlText sql(List<List<Phrase>> rows) {
    SqlWriter writer = new SqlWriter();
    if (!insert.with().isEmpty()) {
      writer.copy(insert.with()).add(" ");
    }
    writer.add("VALUES ");
    String separator = "";
    for (List<Phrase> row : rows) {
      writer.add(separator + "(");
      separator = ", ";
      for (int i = 0; i < outputs.size(); i++) {
        writer.add(i == 0 ? "" : ", ");
        value(writer, outputs.get(i), row);
      }
      writer.add(")");
    }
    return writer.build();
  }

  private void value(SqlWriter writer, Output output, List<Phrase> row) {
    Column column = output.column();
    boolean absent = isAbsent(output, row.size()) || row.get(output.given()).starts("default");
    if (absent) {
      writer.add(defaultOf(column, table));
    } else {
      writer.add(beforeValue(column) + "(");
      writer.copy(row.get(output.given())).add(")" + behindValue(column, table));
    }
  }

  /** Whether every value is one of the client's or the time: no other has to be computed. */
  boolean givesAll(int width) {
    return outputs.stream()
        .filter(output -> isAbsent(output, width))
        .allMatch(output -> TimeDefaults.isConstant(output.column()));
  }

  private boolean isAbsent(Output output, int width) {
    return output.given() < 0
        || output.given() >= width
        || overridingUser && output.column().fill() == Fill.COORDINATOR;
  }

  /**
   * Rows of a query.
   *
   * @param query gives the client's columns in their order
   */
  SqlText over(SqlText query, int width) {
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= width; i++) {
      names.add("c" + i);
    }
    StringBuilder values = new StringBuilder("SELECT ");
    for (Output output : outputs) {
      Column column = output.column();
      values.append(output == outputs.getFirst() ? "" : ", ");
      values.append(
          isAbsent(output, width)
              ? defaultOf(column, table)
              : beforeValue(column)
                  + "pgmesh_rows.c"
                  + (output.given() + 1)
                  + behindValue(column, table));
    }
    return query.within(
        values.append(" FROM (").toString(), ") AS pgmesh_rows (" + Identifiers.list(names) + ")");
  }

  /**
   * The key is hashed as the column will hold it: rounded by a numeric or time type; a character
   * varying value without spaces that are too many.
   */
  private static boolean isTrimmedKey(Column column, Distributed table) {
    return column.name().equals(table.distributionColumn())
        && column.type().startsWith("character varying(");
  }

  private String beforeValue(Column column) {
    String length = column.type().replaceAll("\\D", "");
    return isTrimmedKey(column, table)
        ? "(SELECT CASE WHEN pg_catalog.rtrim(pg_catalog.substr(x, %1$s + 1)) = '' THEN"
                .formatted(length)
            + " pg_catalog.substr(x, 1, %1$s) ELSE x END FROM (SELECT ".formatted(length)
        : "";
  }

  private static String behindValue(Column column, Distributed table) {
    if (isTrimmedKey(column, table)) {
      return "::text AS x) AS pgmesh_key)";
    }
    boolean rounds =
        column.name().equals(table.distributionColumn())
            && !column.type().startsWith("character")
            && !column.type().startsWith("bit");
    return "::" + (rounds ? column.type() : baseType(column.type()));
  }

  /** A column's default; the key's as the column will hold it. */
  static String defaultOf(Column column, Distributed table) {
    if (column.defaultSql().isEmpty()) {
      return "NULL::" + baseType(column.type());
    }
    String value = "(" + column.defaultSql() + ")";
    return isTrimmedKey(column, table) // a query around it would be evaluated once for all rows
        ? "pg_catalog.\"varchar\"(%s::character varying, %s + 4, false)"
            .formatted(value, column.type().replaceAll("\\D", ""))
        : value + behindValue(column, table);
  }

  /** The type without its modifier, which an explicit cast would apply by cutting. */
  static String baseType(String type) {
    String base = type.replaceAll("\\([^)]*\\)", "").replaceAll("\\s+", " ").strip();
    if (base.equals("character") || base.startsWith("character[")) {
      return "bpchar" + base.substring("character".length());
    }
    if (base.equals("bit") || base.startsWith("bit[")) {
      return "\"bit\"" + base.substring("bit".length());
    }
    return base;
  }
}
