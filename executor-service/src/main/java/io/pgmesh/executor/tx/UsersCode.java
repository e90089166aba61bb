package io.pgmesh.executor.tx;

import io.pgmesh.contracts.setting.MeshSettings;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.RowReader;
import io.vertx.core.Future;
import java.util.List;

/**
 * What texts of users' functions and views tell of settings with names of their own, which no
 * server lists.
 *
 * @param version as {@link LeftBehind#code}
 * @param names those that are set by their names, as an array's text
 * @param hidden whether names may be put together, so that others may be set
 */
public record UsersCode(String version, String names, boolean hidden) {
  /** Nothing is known yet. */
  public static final UsersCode UNKNOWN =
      new UsersCode("", "{" + String.join(",", MeshSettings.defaults().keySet()) + "}", false);

  /** Functions and views of users' on whatever server of the mesh. */
  static final String OBJECTS =
      "SELECT p.oid AS id, p.xmin::pg_catalog.text AS version, false AS is_view, l.lanname"
          + " FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang"
          + " WHERE p.oid >= 16384 AND l.lanname NOT IN ('internal', 'c')"
          + " AND p.pronamespace <> ALL (ARRAY(SELECT oid FROM own))"
          + " UNION ALL SELECT c.oid, r.xmin::pg_catalog.text, true, 'sql'"
          + " FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class"
          + " WHERE r.oid >= 16384 AND c.relnamespace <> ALL (ARRAY(SELECT oid FROM own))";

  private static final String OWN =
      "WITH own AS MATERIALIZED (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname IN"
          + " ('pg_catalog', 'information_schema', 'pgmesh', 'pgmesh_remote', 'citus')), ";

  private static final String BY_FUNCTION =
      "set_config\\s*\\(\\s*(?:setting_name\\s*(?:=>|:=)\\s*)?''+([^'']+)''";
  private static final String BY_STATEMENT =
      "\\mset\\s+(?:session\\s+|local\\s+)?\"?([[:alpha:]_][[:alnum:]_$]*"
          + "\\.[[:alnum:]_$.]+)\"?\\s*(?:=|\\mto\\M)";

  private static final String LEARN =
      OWN
          + "users AS ("
          + OBJECTS
          + "), texts AS MATERIALIZED (SELECT lanname, CASE WHEN is_view"
          + " THEN pg_catalog.pg_get_viewdef(id) ELSE (SELECT p.prosrc || ' '"
          + " || coalesce(pg_catalog.pg_get_function_sqlbody(p.oid), '')"
          + " FROM pg_catalog.pg_proc p WHERE p.oid = id) END AS text FROM users),"
          + " telling AS MATERIALIZED (SELECT * FROM texts"
          + " WHERE text ~* 'set' OR lanname NOT IN ('sql', 'plpgsql')),"
          + " named AS (SELECT pg_catalog.lower(m.found[1]) AS name FROM telling,"
          + " pg_catalog.regexp_matches(text, '"
          + BY_FUNCTION
          + "', 'gi') AS m(found) UNION SELECT pg_catalog.lower(m.found[1]) FROM telling,"
          + " pg_catalog.regexp_matches(text, '"
          + BY_STATEMENT
          + "', 'gi') AS m(found))"
          + " SELECT ARRAY(SELECT name FROM named WHERE name LIKE '%.%' UNION"
          + " SELECT pg_catalog.unnest($1::pg_catalog.text[]) ORDER BY 1)::pg_catalog.text,"
          + " EXISTS (SELECT FROM telling WHERE lanname NOT IN ('sql', 'plpgsql')"
          + " OR text ~* '\\mexecute\\M' AND text ~* '\\mset(_config)?\\M'"
          + " OR (SELECT pg_catalog.count(*)"
          + " FROM pg_catalog.regexp_matches(text, '\\mset_config\\M', 'gi'))"
          + " > (SELECT pg_catalog.count(*) FROM pg_catalog.regexp_matches(text, '"
          + BY_FUNCTION
          + "', 'gi')))";

  static String withOwn(String rest) {
    return OWN + rest;
  }

  /** Reads all of them. */
  public static Future<UsersCode> learn(BackendConnection connection, String version) {
    return RowReader.query(connection, LEARN, UNKNOWN.names)
        .map(List::getFirst)
        .map(row -> new UsersCode(version, row.get(0), row.get(1).equals("t")));
  }
}
