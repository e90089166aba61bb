package io.pgmesh.router.planner;

import java.util.List;
import java.util.Set;

/**
 * Built-in functions that look into the catalogs, the files or the state of the server they run in:
 * relations, types and roles by name or oid, privileges, backends, transactions. On a worker they
 * would find another name, another oid or nothing. Gathered from all functions of {@code pg_proc}
 * that are not immutable, and those immutable ones that take oids of roles.
 */
final class ServerFunctions {
  private static final Set<String> NAMES =
      Set.of(
          "acldefault",
          "aclexplode",
          "aclinsert",
          "aclremove",
          "makeaclitem",
          "amvalidate",
          "col_description",
          "obj_description",
          "shobj_description",
          "connectby",
          "current_query",
          "format_type",
          "getdatabaseencoding",
          "inet_client_addr",
          "inet_client_port",
          "inet_server_addr",
          "inet_server_port",
          "loread",
          "lowrite",
          "mxid_age",
          "oidvectortypes",
          "row_security_active",
          "ts_stat",
          "xpath_table");

  private static final List<String> BEGINNINGS =
      List.of(
          "pg_", "txid_", "to_reg", "lo_", "dblink", "brin_", "gin_clean_", "crosstab", "ri_fkey_");

  private static final List<String> ENDINGS = List.of("_to_xml", "_to_xmlschema", "_and_xmlschema");

  /** They compute with their arguments only, or tell how a value is stored, which is on a shard. */
  private static final Set<String> PORTABLE =
      Set.of(
          "pg_char_to_encoding",
          "pg_collation_for",
          "pg_column_compression",
          "pg_column_size",
          "pg_encoding_max_length",
          "pg_encoding_to_char",
          "pg_lsn",
          "pg_size_bytes",
          "pg_size_pretty",
          "pg_snapshot_xip",
          "pg_snapshot_xmax",
          "pg_snapshot_xmin",
          "pg_typeof",
          "pg_visible_in_snapshot",
          "pg_wal_lsn_diff",
          "txid_snapshot_xip",
          "txid_snapshot_xmax",
          "txid_snapshot_xmin",
          "txid_visible_in_snapshot");

  private ServerFunctions() {}

  /**
   * @param name of a function that is called
   */
  static boolean has(String name) {
    return NAMES.contains(name)
        || name.startsWith("has_") && name.endsWith("_privilege")
        || ENDINGS.stream().anyMatch(name::endsWith)
        || BEGINNINGS.stream().anyMatch(name::startsWith) && !PORTABLE.contains(name);
  }
}
