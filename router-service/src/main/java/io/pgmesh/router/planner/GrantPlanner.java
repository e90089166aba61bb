package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Effects;
import io.pgmesh.contracts.plan.Plan.Use;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SqlWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** GRANT and REVOKE: on mesh tables for each shard, on objects of all servers on all of them. */
final class GrantPlanner {
  private static final Set<String> EVERYWHERE =
      Set.of("schema", "type", "domain", "language", "function", "procedure", "routine");
  private static final Set<String> COORDINATOR_ONLY =
      Set.of("sequence", "database", "foreign", "large", "parameter", "tablespace");

  private GrantPlanner() {}

  static Plan plan(Phrase statement, PlanContext context) {
    int on = statement.find(1, "on");
    String kind = on < 0 ? "" : statement.at(on + 1).value();
    boolean all = kind.equals("all");
    if (on < 0 || EVERYWHERE.contains(kind) || all && !statement.has(on + 2, "sequences")) {
      return everywhere(statement, context);
    }
    if (COORDINATOR_ONLY.contains(kind) || all) {
      return coordinator(statement);
    }
    return onTables(statement, on + (kind.equals("table") ? 2 : 1), context);
  }

  private static Plan coordinator(Phrase statement) {
    return new Plan.Coordinator(SqlText.unchanged(statement.sql()), Use.BLOCK, Effects.NONE, "");
  }

  private static Plan everywhere(Phrase statement, PlanContext context) {
    return new Plan.Ddl(
        List.of(SqlText.unchanged(statement.sql())),
        new DdlTasks(context).everywhere(GlobalObjects.tolerantText(statement)),
        "",
        List.of());
  }

  private static Plan onTables(Phrase statement, int at, PlanContext context) {
    int end = statement.find(at, statement.starts("grant") ? "to" : "from");
    if (end < 0) {
      return coordinator(statement);
    }
    List<MeshTable> tables = new ArrayList<>();
    for (Phrase name : statement.sub(at, end).split(",")) {
      context.meshTable(name).ifPresent(tables::add);
    }
    if (tables.isEmpty()) {
      return coordinator(statement);
    }
    List<Task> tasks =
        new DdlTasks(context)
            .byServer(tables, relations -> text(statement, at, end, relations).text());
    return new Plan.Ddl(List.of(SqlText.unchanged(statement.sql())), tasks, "", List.of());
  }

  private static SqlText text(Phrase statement, int at, int end, String relations) {
    return new SqlWriter()
        .copy(statement.sub(0, at))
        .add(" " + relations + " ")
        .copy(statement.skip(end))
        .build();
  }
}
