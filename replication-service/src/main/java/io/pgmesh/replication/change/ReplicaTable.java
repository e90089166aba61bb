package io.pgmesh.replication.change;

import java.util.List;

/**
 * A replica as it is on its worker now.
 *
 * @param columns live columns in order of their number
 */
public record ReplicaTable(String schema, String name, List<Column> columns) {

  /**
   * @param fill whether and how the table makes the value itself
   * @param key whether the column is part of the primary key
   */
  public record Column(String name, Fill fill, boolean key) {}

  /** Who gives a column its value. */
  public enum Fill {
    /** Every writer may. */
    OPEN,
    /** GENERATED ALWAYS AS IDENTITY: an INSERT may override it, an UPDATE may not change it. */
    IDENTITY,
    /** GENERATED ALWAYS AS an expression: nobody may. */
    EXPRESSION
  }

  public ReplicaTable {
    columns = List.copyOf(columns);
  }

  /** Qualified and quoted. */
  public String quotedName() {
    return quote(schema) + "." + quote(name);
  }

  List<String> columnNames() {
    return columns.stream().map(Column::name).toList();
  }

  static String quote(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }
}
