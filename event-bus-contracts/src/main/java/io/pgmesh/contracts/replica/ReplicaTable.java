package io.pgmesh.contracts.replica;

import io.pgmesh.contracts.catalog.Identifiers;
import java.util.List;

/**
 * A replica as it is on its worker now.
 *
 * @param columns live columns in order of their number
 */
public record ReplicaTable(String schema, String name, List<Column> columns) {

  /** Asks a worker for the columns of the table with this schema ($1) and name ($2). */
  public static final String COLUMNS =
      """
      SELECT a.attname::text, a.attidentity::text, a.attgenerated::text,
             coalesce(a.attnum = ANY (i.indkey), false)::text
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary
      WHERE n.nspname = $1 AND c.relname = $2 ORDER BY a.attnum""";

  /**
   * @param fill whether and how the table makes the value itself
   * @param key whether the column is part of the primary key
   */
  public record Column(String name, Fill fill, boolean key) {

    /** Of a row of {@link #COLUMNS}. */
    public static Column of(String name, String identity, String generated, String key) {
      var fill =
          !generated.isEmpty() ? Fill.EXPRESSION : identity.equals("a") ? Fill.IDENTITY : Fill.OPEN;
      return new Column(name, fill, key.startsWith("t"));
    }
  }

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
    return Identifiers.qualified(schema, name);
  }

  List<String> columnNames() {
    return columns.stream().map(Column::name).toList();
  }
}
