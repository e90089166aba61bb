package io.pgmesh.services.mesh;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Statements by JDBC, their rows as text. */
public final class Jdbc {
  private Jdbc() {}

  /** Rows, columns joined by {@code |}; none of a statement that answers none. */
  public static List<String> run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      var rows = new ArrayList<String>();
      if (statement.execute(sql)) {
        ResultSet result = statement.getResultSet();
        while (result.next()) {
          rows.add(row(result));
        }
      }
      return rows;
    }
  }

  private static String row(ResultSet result) throws SQLException {
    var row = new ArrayList<String>();
    for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
      row.add(String.valueOf(result.getString(i)));
    }
    return String.join("|", row);
  }

  /** Where the router does not see it. */
  public static void inFunction(Connection connection, String sql) throws SQLException {
    run(connection, "DO $do$ BEGIN EXECUTE $sql$" + sql + "$sql$; END $do$");
  }
}
