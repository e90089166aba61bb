package io.pgmesh.executor.run;

import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.RowReader;
import io.vertx.core.Future;
import java.util.List;

/** Hashes values in the coordinator database, by the type's default hash operator class. */
final class ValueHashes {
  /** The function and the type that it takes, domains and binary-coercible types seen through. */
  private static final String HASH_FUNCTION =
      // before PostgreSQL 18 some take another type; a row of one column has that column's hash
      "SELECT CASE WHEN f.proargtypes[0] = o.opcintype THEN p.amproc::pg_catalog.text || '(%s)'"
          + " ELSE 'pg_catalog.hash_record(ROW(%s))' END FROM pg_catalog.pg_opclass o"
          + " JOIN pg_catalog.pg_amproc p ON p.amprocfamily = o.opcfamily"
          + " AND p.amproclefttype = o.opcintype AND p.amprocnum = 1"
          + " JOIN pg_catalog.pg_proc f ON f.oid = p.amproc"
          + " JOIN pg_catalog.pg_am a ON a.oid = o.opcmethod AND a.amname = 'hash'"
          + " JOIN pg_catalog.pg_type t ON t.oid = $1::pg_catalog.regtype"
          + " LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype"
          + " WHERE o.opcdefault AND (o.opcintype = coalesce(b.oid, t.oid)"
          + " OR o.opcintype = CASE coalesce(b.typtype, t.typtype)"
          + " WHEN 'e' THEN 'anyenum'::pg_catalog.regtype"
          + " WHEN 'r' THEN 'anyrange'::pg_catalog.regtype"
          + " WHEN 'm' THEN pg_catalog.to_regtype('anymultirange')"
          + " WHEN 'c' THEN 'record'::pg_catalog.regtype END"
          + " OR (coalesce(b.typcategory, t.typcategory) = 'A'"
          + " AND o.opcintype = 'anyarray'::pg_catalog.regtype)"
          + " OR EXISTS (SELECT FROM pg_catalog.pg_cast c WHERE c.castmethod = 'b'"
          + " AND c.castcontext = 'i' AND c.castsource = coalesce(b.oid, t.oid)"
          + " AND c.casttarget = o.opcintype))"
          + " ORDER BY o.opcintype = coalesce(b.oid, t.oid) DESC LIMIT 1";

  private ValueHashes() {}

  static Future<SessionEvent> run(Session session, SessionCommand.Hash command) {
    return Inspection.onCoordinator(
            session, connection -> hash(connection, command.type(), command.values()))
        .map(hashes -> new SessionEvent.Hashed(command.channel(), command.statement(), hashes));
  }

  /**
   * @param type a type's name as {@code format_type} prints it
   */
  static Future<List<Integer>> hash(
      BackendConnection connection, String type, List<String> values) {
    return RowReader.query(connection, HASH_FUNCTION, type)
        .compose(
            found -> {
              if (found.isEmpty()) {
                return Future.failedFuture(
                    new SqlError(
                        SqlState.UNDEFINED_FUNCTION,
                        "could not identify a hash function for type " + type));
              }
              return RowReader.query(
                  connection,
                  "SELECT "
                      + found.getFirst().getFirst().formatted("v::" + type)
                      + " FROM pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY AS a(v, n)"
                      + " ORDER BY n",
                  Inspection.arrayOf(values));
            })
        .map(rows -> rows.stream().map(row -> Integer.valueOf(row.getFirst())).toList());
  }
}
