package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.catalog.Node;
import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Effects;
import io.pgmesh.contracts.plan.Plan.Use;
import io.pgmesh.contracts.plan.Server;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.router.planner.StatementPlanner.Bound;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.sql.SqlWriter;
import io.pgmesh.router.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * EXPLAIN: the tier, the tasks and why no cheaper tier applies, then the plan that one task has on
 * its server. What only concerns the coordinator database is explained there alone, and so is what
 * EXPLAIN ANALYZE runs there.
 */
final class ExplainPlanner {
  private final Statement.Explain explain;
  private final SqlText sql;
  private final CatalogSnapshot catalog;

  private ExplainPlanner(Statement.Explain explain, SqlText sql, CatalogSnapshot catalog) {
    this.explain = explain;
    this.sql = sql;
    this.catalog = catalog;
  }

  static PlannedStatement plan(Statement.Explain explain, SqlText sql, PlanContext context) {
    var planner = new ExplainPlanner(explain, sql, context.catalog());
    PlannedStatement inner = MeshPlanner.inner(explain.inner(), explain.query(), context);
    return (arguments, hashes) ->
        switch (inner.bind(arguments, hashes)) {
          case Bound.Ready(var plan) -> new Bound.Ready(planner.explained(plan));
          case Bound.NeedsHash needed -> needed;
        };
  }

  private boolean analyzes() {
    return explain.options().contains("analyze") || explain.options().contains("analyse");
  }

  private Plan explained(Plan plan) {
    return switch (plan) {
      case Plan.Coordinator coordinator -> ofCoordinator(coordinator);
      case Plan.OneShard(var task, var writes) ->
          writes && analyzes()
              ? new Plan.OneShard(explaining(task), true)
              : lines("one shard", List.of(task), List.of(), Optional.of(task));
      case Plan.Scatter scatter -> ofScatter(scatter);
      case Plan.Timed(var timed, var ofStatement) -> new Plan.Timed(explained(timed), ofStatement);
      case Plan.RoutedInsert insert -> ofRoutedInsert(insert);
      case Plan.CopyIn copy -> inCoordinator();
      case Plan.Maintenance maintenance -> inCoordinator();
      case Plan.Ddl ddl -> inCoordinator();
      case Plan.Explain other -> inCoordinator();
      case Plan.Transaction verb -> inCoordinator();
      case Plan.Setting setting -> inCoordinator();
      case Plan.DeclareCursor declare -> inCoordinator();
      case Plan.FetchCursor fetch -> inCoordinator();
      case Plan.CloseCursor close -> inCoordinator();
      case Plan.WorkerCalls calls -> inCoordinator();
      case Plan.Carry carry -> inCoordinator();
      case Plan.Evaluation evaluation -> inCoordinator();
    };
  }

  private Plan inCoordinator() {
    return new Plan.Coordinator(sql, analyzes() ? Use.BLOCK : Use.READ);
  }

  private Plan ofRoutedInsert(Plan.RoutedInsert plan) {
    refuseToRun();
    return lines(
        "routed rows",
        List.of(),
        List.of("Rows of the query below go to their shards"),
        plan.source() instanceof Plan.Coordinator source
            ? Optional.of(new Task(coordinator(), source.sql(), List.of()))
            : Optional.empty());
  }

  private Plan ofCoordinator(Plan.Coordinator plan) {
    if (plan.reason().isEmpty() || analyzes()) {
      Use use = analyzes() ? Use.BLOCK : Use.READ;
      return new Plan.Coordinator(whole(plan.sql()), use, Effects.NONE, "", plan.locks());
    }
    return lines(
        "coordinator",
        List.of(),
        List.of("Reason: " + plan.reason()),
        Optional.of(new Task(coordinator(), part(plan.sql()), List.of())));
  }

  /** The text that begins with EXPLAIN, around the explained statement's text. */
  private SqlText whole(SqlText inner) {
    String text = explain.query().sql();
    return inner.text().equals(text)
        ? sql
        : new SqlWriter().copy(text, 0, explain.query().start()).append(inner).build();
  }

  /** The explained statement of a text that begins with EXPLAIN. */
  private SqlText part(SqlText text) {
    return text.text().equals(explain.query().sql()) ? SqlText.made(explain.query().text()) : text;
  }

  private Plan ofScatter(Plan.Scatter plan) {
    if (plan.writes()) {
      refuseToRun();
    }
    List<String> more = new ArrayList<>();
    more.add("Not one shard: no condition leaves a single shard");
    switch (plan.gather()) {
      case Gather.Concat concat -> more.add("Gather: rows as they come");
      case Gather.InTurns turns -> more.add("Gather: rows in the order of VALUES");
      case Gather.CopyOut copy -> more.add("Gather: copied rows as they come");
      case Gather.Combine(var shape, var finish) -> {
        more.add("Gather: partial rows are combined in the coordinator database");
        more.add("Last query: " + finish.text());
      }
    }
    return lines("pushdown", plan.tasks(), more, Optional.of(plan.tasks().getFirst()));
  }

  private void refuseToRun() {
    if (analyzes()) {
      throw Unsupported.feature("EXPLAIN ANALYZE of a write to several shards");
    }
  }

  private Plan lines(String tier, List<Task> tasks, List<String> more, Optional<Task> sample) {
    List<String> lines = new ArrayList<>();
    if (!formatted()) {
      lines.add("pgmesh  (tier: %s, tasks: %d)".formatted(tier, Math.max(1, tasks.size())));
      more.forEach(line -> lines.add("  " + line));
      tasks.forEach(task -> lines.add("  Task: " + describe(task)));
      sample.ifPresent(task -> lines.add("  Plan on " + at(task.server()) + ":"));
    }
    return new Plan.Explain(lines, sample.map(this::explaining));
  }

  /** Lines of the mesh's would spoil JSON, XML and YAML. */
  private boolean formatted() {
    return explain.options().contains("json")
        || explain.options().contains("xml")
        || explain.options().contains("yaml");
  }

  private static String describe(Task task) {
    int shards = task.shardIds().size();
    String ids =
        shards <= 4
            ? String.join(", ", task.shardIds().stream().map(String::valueOf).toList())
            : "%d to %d".formatted(task.shardIds().getFirst(), task.shardIds().getLast());
    return "%d shard%s (%s) on %s"
        .formatted(shards, shards == 1 ? "" : "s", ids, at(task.server()));
  }

  private static String at(Server server) {
    return server.groupId() == Node.COORDINATOR_GROUP
        ? "the coordinator database"
        : server.host() + ":" + server.port();
  }

  private Task explaining(Task task) {
    String options = explain.options().isEmpty() ? "" : explain.options().text() + " ";
    return new Task(
        task.server(), SqlText.made("EXPLAIN " + options + task.sql().text()), task.shardIds());
  }

  private Server coordinator() {
    return Shards.server(catalog, Node.COORDINATOR_GROUP);
  }
}
