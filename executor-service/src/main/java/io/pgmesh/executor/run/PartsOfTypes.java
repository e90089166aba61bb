package io.pgmesh.executor.run;

import io.pgmesh.contracts.api.SessionEvent.TypeParts;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.RowReader;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What users' types of a statement's parameters and columns are made of. Statements without such
 * types cost nothing.
 */
final class PartsOfTypes {
  private static final long FIRST_USER_OID = 16384;

  /** Anonymous rows and arrays of them may have users' types in them. */
  private static final Set<Long> ANONYMOUS = Set.of(2249L, 2287L);

  private static final char ROW_DESCRIPTION = 'T';
  private static final String PARTS =
      "WITH RECURSIVE used (whole, kind, number, part) AS ("
          + "SELECT 0::pg_catalog.oid, '', 0, o FROM pg_catalog.unnest($1::pg_catalog.oid[]) o UNION"
          + " SELECT t.oid, p.kind, p.number, p.part"
          + " FROM used JOIN pg_catalog.pg_type t ON t.oid = used.part CROSS JOIN LATERAL ("
          + "SELECT 'ARRAY', 1, t.typelem"
          + " WHERE t.typelem <> 0 AND t.typcategory = 'A' AND t.typtype <> 'd'"
          + " UNION ALL SELECT 'DOMAIN', 1, t.typbasetype WHERE t.typtype = 'd'"
          + " UNION ALL SELECT CASE WHEN r.rngtypid = t.oid THEN 'RANGE' ELSE 'MULTIRANGE' END, 1,"
          + " r.rngsubtype FROM pg_catalog.pg_range r WHERE t.oid IN (r.rngtypid, r.rngmultitypid)"
          + " UNION ALL SELECT 'ROW', a.attnum::pg_catalog.int4, a.atttypid"
          + " FROM pg_catalog.pg_attribute a WHERE t.typrelid <> 0 AND a.attrelid = t.typrelid"
          + " AND a.attnum > 0 AND NOT a.attisdropped) p (kind, number, part))"
          + " SELECT whole, pg_catalog.format_type(whole, NULL), kind,"
          + " pg_catalog.string_agg(part::pg_catalog.text, ' ' ORDER BY number)"
          + " FROM used WHERE whole <> 0 GROUP BY whole, kind";

  private PartsOfTypes() {}

  /**
   * @param description a whole RowDescription or NoData message
   */
  static Future<List<TypeParts>> find(
      BackendConnection connection, List<Long> parameterTypes, Buffer description) {
    var types = new TreeSet<>(parameterTypes);
    addColumns(description, types);
    types.removeIf(type -> type < FIRST_USER_OID && !ANONYMOUS.contains(type));
    if (types.isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    String oids = types.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
    return RowReader.query(connection, PARTS, oids)
        .map(rows -> rows.stream().map(PartsOfTypes::parts).toList());
  }

  private static TypeParts parts(List<String> row) {
    return new TypeParts(
        Long.parseLong(row.get(0)),
        row.get(1),
        TypeParts.Kind.valueOf(row.get(2)),
        Arrays.stream(row.get(3).split(" ")).map(Long::valueOf).toList());
  }

  private static void addColumns(Buffer description, Set<Long> types) {
    if (description.length() == 0 || description.getByte(0) != ROW_DESCRIPTION) {
      return;
    }
    int at = 7; // behind tag, length and number of columns
    for (int left = description.getUnsignedShort(5); left > 0; left--) {
      while (description.getByte(at) != 0) {
        at++;
      }
      types.add(description.getUnsignedInt(at + 7)); // behind the name's end, table and attribute
      at += 19;
    }
  }
}
