package io.pgmesh.executor.worker;

import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Passwords with which roles other than the mesh's own log in to the servers: rows of {@code
 * pg_dist_authinfo} for node 0, which stands for all.
 */
final class RolePasswords {
  /** As libpq reads it: a word, or text in single quotes; a backslash takes the next as it is. */
  private static final Pattern PASSWORD =
      Pattern.compile(
          "(?:^|\\s)password\\s*=\\s*(?:'((?:[^'\\\\]|\\\\.)*)'|((?:[^\\s\\\\]|\\\\.)+))");

  private RolePasswords() {}

  /**
   * @param connection to the coordinator database as the mesh's own role
   * @param schema where the catalog tables are
   */
  static Future<Optional<String>> find(BackendConnection connection, String schema, String role) {
    return RowReader.query(
            connection,
            "SELECT authinfo FROM "
                + schema
                + ".pg_dist_authinfo WHERE nodeid = 0 AND rolename = $1",
            role)
        .map(rows -> rows.stream().findFirst().map(List::getFirst).flatMap(RolePasswords::parse));
  }

  static Optional<String> parse(String authinfo) {
    Matcher found = PASSWORD.matcher(authinfo);
    if (!found.find()) {
      return Optional.empty();
    }
    String escaped = found.group(1) != null ? found.group(1) : found.group(2);
    return Optional.of(escaped.replaceAll("\\\\(.)", "$1"));
  }
}
