package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Effects;
import io.pgmesh.contracts.plan.Plan.Use;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.router.sql.Phrase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** VACUUM, ANALYZE, LOCK and the like: those on distributed tables reach the shards. */
final class MaintenancePlanner {
  private MaintenancePlanner() {}

  /** VACUUM and ANALYZE: one statement a worker, as VACUUM bears no other beside it. */
  static Plan plan(Phrase statement, PlanContext context) {
    int at = optionsEnd(statement);
    boolean ownTransaction = statement.starts("vacuum");
    String head = statement.sub(0, at).text() + " ";
    if (at == statement.size()) {
      return ofEverything(statement, head, ownTransaction, context);
    }
    Map<MeshTable, String> columns = new LinkedHashMap<>();
    int others = 0;
    for (Phrase part : statement.skip(at).split(",")) {
      Phrase name = part.sub(0, part.nameLength(0));
      Optional<MeshTable> table = name.isEmpty() ? Optional.empty() : context.meshTable(name);
      if (table.isPresent() && table.get() instanceof Distributed distributed) {
        columns.put(distributed, " " + part.skip(name.size()).text());
      } else {
        others++;
      }
    }
    if (columns.isEmpty()) {
      return inCoordinator(statement, ownTransaction);
    }
    if (others > 0) {
      throw Unsupported.because(
          statement.sub(0, 1).text() + " of distributed and other tables in one statement",
          "Use one statement for each.");
    }
    List<Task> tasks =
        new DdlTasks(context)
            .byServer(List.copyOf(columns.keySet()), columns::get, relations -> head + relations);
    return onWorkers(tasks, ownTransaction);
  }

  /**
   * The coordinator database finds its tables itself; of shells it asks for the size only, see
   * {@link LoopbackSelect}.
   */
  private static Plan ofEverything(
      Phrase statement, String head, boolean ownTransaction, PlanContext context) {
    Plan.Coordinator own = inCoordinator(statement, ownTransaction);
    boolean databaseOnly = statement.contains("only_database_stats");
    List<Task> tasks =
        databaseOnly
            ? List.of()
            : new DdlTasks(context)
                .byServer(context.catalog().tables(), relations -> head + relations);
    return tasks.isEmpty() ? own : new Plan.Maintenance(onWorkers(tasks, ownTransaction), own);
  }

  private static Plan.Coordinator inCoordinator(Phrase statement, boolean ownTransaction) {
    return new Plan.Coordinator(
        SqlText.unchanged(statement.sql()),
        ownTransaction ? Use.NO_BLOCK : Use.BLOCK,
        Effects.NONE,
        "");
  }

  private static Plan.Scatter onWorkers(List<Task> tasks, boolean ownTransaction) {
    return new Plan.Scatter(tasks, new Gather.Concat(), ownTransaction ? Use.NO_BLOCK : Use.READ);
  }

  private static int optionsEnd(Phrase statement) {
    if (statement.hasSymbol(1, "(")) {
      return statement.behindBrackets(1);
    }
    int at = 1;
    while (statement.has(at, "full")
        || statement.has(at, "freeze")
        || statement.has(at, "verbose")
        || statement.has(at, "analyze")
        || statement.has(at, "analyse")) {
      at++;
    }
    return at;
  }

  /** REINDEX and CLUSTER. */
  static Plan planLocal(Phrase statement, PlanContext context) {
    for (Phrase name : statement.skip(1).names()) {
      boolean sharded =
          context.meshTable(name).or(() -> context.tableOfIndex(name)).stream()
              .anyMatch(Distributed.class::isInstance);
      if (sharded) {
        throw Unsupported.feature(statement.sub(0, 1).text() + " of a distributed table");
      }
    }
    return new Plan.Coordinator(SqlText.unchanged(statement.sql()), Use.NO_BLOCK, Effects.NONE, "");
  }

  /** LOCK TABLE: the table and its shards. */
  static Plan planLock(Phrase statement, PlanContext context) {
    int at = statement.has(1, "table") ? 2 : 1;
    int mode = statement.find(at, "in");
    int end = mode < 0 ? statement.find(at, "nowait") : mode;
    end = end < 0 ? statement.size() : end;
    List<MeshTable> tables = new ArrayList<>();
    for (Phrase part : statement.sub(at, end).split(",")) {
      int begin = part.starts("only") ? 1 : 0;
      context
          .meshTable(part.sub(begin, begin + part.nameLength(begin)))
          .filter(Distributed.class::isInstance)
          .ifPresent(tables::add);
    }
    SqlText unchanged = SqlText.unchanged(statement.sql());
    if (tables.isEmpty() || !context.session().inTransaction()) {
      return new Plan.Coordinator(unchanged, Use.CLIENT_BLOCK);
    }
    String tail = " " + statement.skip(end).text();
    List<Task> tasks =
        new DdlTasks(context).byServer(tables, relations -> "LOCK TABLE " + relations + tail);
    return new Plan.Ddl(List.of(unchanged), tasks, "", List.of());
  }
}
