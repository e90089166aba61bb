package io.pgmesh.router.app;

import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Transaction.Verb;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.router.planner.StatementPlanner;
import io.pgmesh.router.session.SqlReader;
import io.pgmesh.router.sql.ParsedStatement;
import io.pgmesh.router.sql.StatementReader;
import io.pgmesh.router.sql.StatementSplitter;
import java.util.List;
import java.util.Locale;

/** Understands just enough of SQL for tests: leaves all to one server. */
record NaiveSql(boolean inspects) implements SqlReader, StatementPlanner {

  @Override
  public List<Piece> split(String sql) {
    return StatementSplitter.split(sql).stream()
        .map(piece -> new Piece(piece.offset(), piece.sql()))
        .toList();
  }

  @Override
  public ParsedStatement parse(String sql) {
    return new ParsedStatement(sql, StatementReader.read(sql).statement(), List.of(), List.of());
  }

  @Override
  public boolean needsInspection(
      ParsedStatement statement, CatalogSnapshot catalog, SessionView session) {
    return inspects && List.of("select", "insert", "update").contains(word(statement));
  }

  @Override
  public PlannedStatement plan(
      ParsedStatement statement,
      Inspection inspection,
      CatalogSnapshot catalog,
      SessionView session) {
    SqlText sql = SqlText.unchanged(statement.sql());
    Plan plan =
        switch (word(statement)) {
          case "begin", "start" -> new Plan.Transaction(Verb.BEGIN, "", sql);
          case "commit", "end" -> new Plan.Transaction(Verb.COMMIT, "", sql);
          case "rollback", "abort" -> new Plan.Transaction(Verb.ROLLBACK, "", sql);
          case "vacuum" -> new Plan.Coordinator(sql, Plan.Use.NO_BLOCK);
          case "select", "show" -> new Plan.Coordinator(sql, Plan.Use.READ);
          default -> new Plan.Coordinator(sql, Plan.Use.BLOCK);
        };
    return (arguments, hashes) -> new Bound.Ready(plan);
  }

  private static String word(ParsedStatement statement) {
    return statement.sql().strip().split("\\W", 2)[0].toLowerCase(Locale.ROOT);
  }
}
