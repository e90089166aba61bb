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
    boolean ownTransaction = statement.starts("vacuum");
    if (columns.isEmpty()) {
      return new Plan.Coordinator(
          SqlText.unchanged(statement.sql()),
          ownTransaction ? Use.NO_BLOCK : Use.BLOCK,
          Effects.NONE,
          "");
    }
    if (others > 0) {
      throw Unsupported.because(
          statement.sub(0, 1).text() + " of distributed and other tables in one statement",
          "Use one statement for each.");
    }
    String head = statement.sub(0, at).text() + " ";
    List<Task> tasks =
        new DdlTasks(context)
            .byServer(List.copyOf(columns.keySet()), columns::get, relations -> head + relations);
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
