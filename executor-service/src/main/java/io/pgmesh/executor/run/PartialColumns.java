package io.pgmesh.executor.run;

import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.executor.worker.ServerMessages;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * The columns of a temporary table for workers' rows, as the coordinator database made them. With
 * them rows can be read from parameters instead: one array a column, of values in text, each cast
 * to its column's type, which reads a text as COPY does.
 */
record PartialColumns(List<PartialColumn> columns) {
  /** Where a cast could do anything else, or nobody knows yet: rows need the table. */
  static final PartialColumns NONE = new PartialColumns(List.of());

  private static final int FIRST_USER_OID = 16384;

  /**
   * @param name quoted
   * @param typeOid in the coordinator database, of a domain its type's, as in a RowDescription
   * @param modifier of that type
   * @param type the column's type for a cast, qualified, quoted and with its modifier
   * @param collation qualified and quoted; empty for a type that has none
   */
  record PartialColumn(String name, long typeOid, int modifier, String type, String collation) {

    private String from(int number) {
      String value = "c" + number + "::" + type;
      return (collation.isEmpty() ? value : "(" + value + ") COLLATE " + collation) + " AS " + name;
    }

    /** Users' types have other oids on each server. */
    private boolean isDescribedBy(long oid, int otherModifier) {
      boolean same = typeOid < FIRST_USER_OID ? oid == typeOid : oid >= FIRST_USER_OID;
      return same && modifier == otherModifier;
    }
  }

  /**
   * A query for the columns of a table. A cast of text is reading by the type's input function,
   * unless there is a cast of its own (from text to text's brothers it does nothing). A modifier
   * can be written for PostgreSQL's own types only, which are words of the grammar.
   */
  static final String ASK =
      """
      SELECT pg_catalog.quote_ident(a.attname), b.oid::pg_catalog.int8,
        CASE t.typtype WHEN 'd' THEN t.typtypmod ELSE a.atttypmod END,
        CASE WHEN a.atttypmod >= 0 THEN pg_catalog.format_type(a.atttypid, a.atttypmod)
          ELSE pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(t.typname) END,
        coalesce(pg_catalog.quote_ident(cn.nspname) || '.' || pg_catalog.quote_ident(c.collname), ''),
        (a.atttypmod < 0 OR n.nspname = 'pg_catalog')
          AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
          AND coalesce(pg_catalog.has_schema_privilege(cn.oid, 'USAGE'), true)
          AND NOT pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_temp_')
          AND b.typtype <> 'd'
          AND (b.oid IN ('pg_catalog.text'::pg_catalog.regtype, 'pg_catalog.varchar'::pg_catalog.regtype,
              'pg_catalog.bpchar'::pg_catalog.regtype)
            OR NOT EXISTS (SELECT FROM pg_catalog.pg_cast k
              WHERE k.castsource = 'pg_catalog.text'::pg_catalog.regtype AND k.casttarget = b.oid))
      FROM pg_catalog.pg_attribute a
        JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        JOIN pg_catalog.pg_type b ON b.oid = CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END
        JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
        LEFT JOIN pg_catalog.pg_collation c ON c.oid = a.attcollation
        LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = c.collnamespace
      WHERE a.attrelid = $1::pg_catalog.regclass AND a.attnum > 0
      ORDER BY a.attnum""";

  PartialColumns {
    columns = List.copyOf(columns);
  }

  /**
   * @param rows the answer to {@link #ASK}
   */
  static PartialColumns of(List<List<String>> rows) {
    boolean castable = rows.stream().allMatch(row -> row.get(5).equals("t"));
    return castable ? new PartialColumns(rows.stream().map(PartialColumns::column).toList()) : NONE;
  }

  private static PartialColumn column(List<String> row) {
    return new PartialColumn(
        row.get(0),
        Long.parseLong(row.get(1)),
        Integer.parseInt(row.get(2)),
        row.get(3),
        row.get(4));
  }

  boolean readable() {
    return !columns.isEmpty();
  }

  /**
   * The last query over rows in parameters.
   *
   * @param first the number of the parameter that has the first column
   */
  SqlText query(SqlText finish, int first) {
    var values = new StringBuilder();
    var arrays = new StringBuilder();
    var names = new StringBuilder();
    for (int i = 0; i < columns.size(); i++) {
      String comma = i == 0 ? "" : ", ";
      values.append(comma).append(columns.get(i).from(i + 1));
      arrays.append(comma).append("pg_catalog.unnest($").append(first + i).append(')');
      names.append(comma).append('c').append(i + 1);
    }
    return finish.within(
        "WITH %s AS (SELECT %s FROM ROWS FROM (%s) AS r(%s)) "
            .formatted(Gather.Combine.PARTIAL, values, arrays, names),
        "");
  }

  /**
   * Whether a worker's rows have these columns.
   *
   * @param frame a RowDescription
   */
  boolean areDescribedBy(Buffer frame) {
    List<ServerMessages.Column> others = ServerMessages.columns(frame);
    if (others.size() != columns.size()) {
      return false;
    }
    for (int i = 0; i < columns.size(); i++) {
      if (!columns.get(i).isDescribedBy(others.get(i).typeOid(), others.get(i).modifier())) {
        return false;
      }
    }
    return true;
  }
}
