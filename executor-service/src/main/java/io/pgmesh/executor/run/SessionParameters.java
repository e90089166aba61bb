package io.pgmesh.executor.run;

import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.RoleSettings;
import io.pgmesh.executor.worker.RowReader;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The parameters that PostgreSQL reports to a client at start. */
final class SessionParameters {
  private static final List<String> REPORTED =
      List.of(
          "server_version",
          "server_encoding",
          "client_encoding",
          "application_name",
          "default_transaction_read_only",
          "in_hot_standby",
          "is_superuser",
          "session_authorization",
          "DateStyle",
          "IntervalStyle",
          "TimeZone",
          "integer_datetimes",
          "standard_conforming_strings",
          "scram_iterations",
          "search_path");
  private static final int SEARCH_PATH_REPORTED_SINCE = 180000;

  private SessionParameters() {}

  /**
   * @param statementTimeout with its unit
   * @param roleSettings as {@link RoleSettings#TEXT}
   */
  record Read(Map<String, String> parameters, String statementTimeout, String roleSettings) {}

  static Future<Read> read(BackendConnection connection) {
    String columns =
        REPORTED.stream()
            .map(name -> "pg_catalog.current_setting('" + name + "', true)")
            .collect(Collectors.joining(", "));
    return RowReader.simple(
            connection,
            "SELECT "
                + columns
                + ", pg_catalog.current_setting('server_version_num'),"
                + " pg_catalog.current_setting('statement_timeout'), "
                + RoleSettings.TEXT)
        .map(List::getFirst)
        .map(
            values ->
                new Read(parameters(values), values.get(REPORTED.size() + 1), values.getLast()));
  }

  private static Map<String, String> parameters(List<String> values) {
    var parameters = new LinkedHashMap<String, String>();
    for (int i = 0; i < REPORTED.size(); i++) {
      if (values.get(i) != null) {
        parameters.put(REPORTED.get(i), values.get(i));
      }
    }
    if (Integer.parseInt(values.get(REPORTED.size())) < SEARCH_PATH_REPORTED_SINCE) {
      parameters.remove("search_path");
    }
    return parameters;
  }
}
