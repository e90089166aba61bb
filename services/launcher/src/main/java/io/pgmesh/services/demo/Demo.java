package io.pgmesh.services.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import org.postgresql.PGConnection;

/**
 * An ads business with many tenants: creates its tables in the schema {@code ads} of a running
 * mesh, fills and distributes them, and asks questions, each with the plan that it took.
 */
public final class Demo {
  private static final String EXISTS = "SELECT to_regnamespace('ads') IS NOT NULL";
  private static final String COMPLETE = "SELECT to_regclass('ads.demo_notes') IS NOT NULL";

  /** The tier and the tasks come first; a worker's plan of many shards is long. */
  private static final int PLAN_LINES = 14;

  private final Connection connection;
  private final PrintStream out;

  private Demo(Connection connection, PrintStream out) {
    this.connection = connection;
    this.out = out;
  }

  /**
   * @param jdbcUrl of a running mesh
   * @throws SQLException what the mesh answered, when a step failed
   */
  public static void run(String jdbcUrl, PrintStream out) throws SQLException, IOException {
    try (Connection connection = DriverManager.getConnection(jdbcUrl)) {
      new Demo(connection, out).run();
    }
  }

  private void run() throws SQLException, IOException {
    if (!isTrue(EXISTS)) {
      create();
    } else if (isTrue(COMPLETE)) {
      out.println("The demo's tables are there already.");
    } else {
      throw new SQLException("this mesh has a schema named ads that is not the demo's");
    }
    execute("SET search_path = ads, public");
    int failed = 0;
    for (int number = 1; number <= Question.ALL.size(); number++) {
      failed += answered(number, Question.ALL.get(number - 1)) ? 0 : 1;
    }
    if (failed > 0) {
      throw new SQLException(failed + " of " + Question.ALL.size() + " statements failed");
    }
  }

  private void create() throws SQLException, IOException {
    out.println("Creating and distributing the tables of an ads business ...");
    try (Statement statement = connection.createStatement();
        var script = Demo.class.getResourceAsStream("ads.sql")) {
      String text = new String(script.readAllBytes(), StandardCharsets.UTF_8);
      for (String step : text.split(";\\s*\n")) {
        if (!step.isBlank()) {
          out.println(step.strip().indent(2).stripTrailing());
          statement.execute(step);
        }
      }
      var rows = new LinkedHashMap<String, String>();
      rows.put("countries", AdsRows.countries());
      rows.put("companies", AdsRows.companies());
      rows.put("campaigns", AdsRows.campaigns());
      rows.put("ads", AdsRows.ads());
      rows.put("clicks", AdsRows.clicks());
      rows.put("impressions", AdsRows.impressions());
      load(rows);
      // last: its presence says that all else is complete
      execute("CREATE TABLE demo_notes (id int PRIMARY KEY, note text)");
      execute("INSERT INTO demo_notes VALUES (1, 'only in the coordinator database')");
    }
  }

  private void load(Map<String, String> rows) throws SQLException, IOException {
    var copy = connection.unwrap(PGConnection.class).getCopyAPI();
    for (var table : rows.entrySet()) {
      long count =
          copy.copyIn("COPY " + table.getKey() + " FROM STDIN", new StringReader(table.getValue()));
      out.println("  COPY %s: %d rows".formatted(table.getKey(), count));
    }
  }

  /** A statement that fails does not keep the others from being shown. */
  private boolean answered(int number, Question question) {
    try {
      ask(number, question);
      return true;
    } catch (SQLException e) {
      out.println(e.getMessage().indent(3).stripTrailing());
      return false;
    }
  }

  private void ask(int number, Question question) throws SQLException {
    out.println();
    out.println("%d. %s".formatted(number, question.shows()));
    out.println(question.sql().indent(3).stripTrailing() + ";");
    try (Statement statement = connection.createStatement()) {
      try (ResultSet plan = statement.executeQuery("EXPLAIN " + question.sql())) {
        printPlan(plan);
      }
      if (statement.execute(question.sql())) {
        try (ResultSet rows = statement.getResultSet()) {
          out.print(TextTable.of(rows).indent(3));
        }
      } else {
        out.println("   %d rows changed".formatted(statement.getUpdateCount()));
      }
    }
  }

  private void printPlan(ResultSet plan) throws SQLException {
    int lines = 0;
    while (plan.next()) {
      if (++lines <= PLAN_LINES) {
        out.println("   | " + plan.getString(1));
      }
    }
    if (lines > PLAN_LINES) {
      out.println("   | … %d more lines".formatted(lines - PLAN_LINES));
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private boolean isTrue(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet answer = statement.executeQuery(query)) {
      return answer.next() && answer.getBoolean(1);
    }
  }
}
