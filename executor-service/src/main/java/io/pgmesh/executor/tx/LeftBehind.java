package io.pgmesh.executor.tx;

import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Frames;
import io.pgmesh.executor.worker.PreparedStatements;
import io.pgmesh.executor.worker.RowReader;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is in a server's session when users' code has run there, and outlives the transaction.
 *
 * @param temporary differs whenever temporary objects do; empty where there are none
 * @param others whether it has advisory locks, prepared statements, channels or cursors of SQL
 * @param code differs whenever users' functions and views do
 * @param values settings that were made in the session, by lower-case name; empty where no code of
 *     users' exists that could make any
 */
public record LeftBehind(
    String temporary, boolean others, String code, Optional<Map<String, String>> values) {

  private static final String USERS_CODE =
      UsersCode.withOwn("users AS MATERIALIZED (")
          + UsersCode.OBJECTS
          + "), code AS MATERIALIZED (SELECT pg_catalog.count(*) > 0 AS present,"
          + " pg_catalog.count(*) || ' ' || coalesce(pg_catalog.sum("
          + "pg_catalog.hashtext(id || ' ' || version)::pg_catalog.int8), 0) AS version FROM users)";

  /** Not what ends with each transaction, but what pg_settings leaves out: names of users', too. */
  private static final String VALUES =
      "SELECT 'setting', pg_catalog.lower(s.name), s.setting"
          + " FROM pg_catalog.pg_show_all_settings() s"
          + " WHERE (SELECT present FROM code) AND s.source = 'session'"
          + " AND s.name NOT LIKE 'transaction\\_%'"
          + " UNION ALL SELECT 'setting', n.name, pg_catalog.current_setting(n.name)"
          + " FROM (VALUES ('session_authorization'), ('role')) AS n(name)"
          + " WHERE (SELECT present FROM code)"
          + " UNION ALL SELECT 'setting', n.name, pg_catalog.current_setting(n.name, true)"
          + " FROM pg_catalog.unnest($1::pg_catalog.text[]) AS n(name)"
          + " WHERE (SELECT present FROM code)"
          + " AND pg_catalog.current_setting(n.name, true) <> ''";

  private static final String ASK_VALUES = "WITH code AS (SELECT true AS present) " + VALUES;

  /** Dear to ask for; without users' code the text of a statement shows that it makes such. */
  private static final String OTHERS =
      "EXISTS (SELECT FROM pg_catalog.pg_listening_channels())"
          + " OR EXISTS (SELECT FROM pg_catalog.pg_prepared_statement() WHERE from_sql)"
          + " OR EXISTS (SELECT FROM pg_catalog.pg_cursor() WHERE is_holdable)"
          + " OR EXISTS (SELECT FROM pg_catalog.pg_lock_status() WHERE locktype = 'advisory'"
          + " AND pid = pg_catalog.pg_backend_pid())";

  private static final String TEMPORARY =
      "CASE WHEN pg_catalog.pg_my_temp_schema() = 0 THEN NULL ELSE"
          + " (SELECT pg_catalog.count(*) || ' ' || pg_catalog.max(objid) FROM pg_catalog.pg_depend"
          + " WHERE refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass"
          + " AND refobjid = pg_catalog.pg_my_temp_schema()) END";

  private static final String ASK =
      USERS_CODE
          + " SELECT 'objects', coalesce("
          + TEMPORARY
          + ", ''), CASE WHEN present AND ("
          + OTHERS
          + ") THEN 't' ELSE 'f' END || version FROM code UNION ALL "
          + VALUES;

  /**
   * Behind all that was sent before, so that it costs no trip of its own.
   *
   * @param names of settings that only users' code knows, as an array's text
   */
  static Future<LeftBehind> ask(BackendConnection connection, String names) {
    PreparedStatements statements = connection.statements();
    var reader = new RowReader();
    var frames = new Frames();
    var batch = statements.begin();
    statements.bind(frames, batch, ASK, RowReader.textArguments(names));
    frames.execute("", 0);
    Flight flight = Flight.extended(connection, frames, reader);
    return flight
        .future()
        .onComplete(done -> statements.end(batch, flight.parsed()))
        .map(done -> reader.rows())
        .recover(cause -> again(connection, names))
        .map(LeftBehind::of);
  }

  /** A cancel may have come late, and users' code may have dropped what was prepared. */
  private static Future<List<List<String>>> again(BackendConnection connection, String names) {
    connection.statements().renew();
    return RowReader.query(connection, ASK, names);
  }

  private static LeftBehind of(List<List<String>> rows) {
    List<String> objects = rows.getFirst();
    Map<String, String> values = valuesOf(rows.subList(1, rows.size()));
    return new LeftBehind(
        objects.get(1),
        objects.get(2).startsWith("t"),
        objects.get(2).substring(1),
        values.isEmpty() ? Optional.empty() : Optional.of(values));
  }

  private static Map<String, String> valuesOf(List<List<String>> rows) {
    var values = new LinkedHashMap<String, String>();
    rows.forEach(row -> values.put(row.get(1), row.get(2)));
    return Map.copyOf(values);
  }

  /** The settings that were made in a session. */
  public static Future<Map<String, String>> values(BackendConnection connection, String names) {
    return RowReader.query(connection, ASK_VALUES, names).map(LeftBehind::valuesOf);
  }

  /** Whether it must not be on a connection that others use. */
  public boolean binds() {
    return others || !temporary.isEmpty();
  }
}
