package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Effects;
import io.pgmesh.contracts.plan.Plan.Use;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.router.sql.Phrase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * TRUNCATE. Distributed tables alone: their shards. With other tables, CASCADE or RESTART IDENTITY
 * the coordinator database truncates, which comes back through the loopback for the shards.
 */
final class TruncatePlanner {
  private TruncatePlanner() {}

  static Plan plan(Phrase statement, PlanContext context) {
    int at = statement.has(1, "table") ? 2 : 1;
    int end = end(statement, at);
    Phrase behaviour = statement.skip(end);
    List<MeshTable> tables = new ArrayList<>();
    boolean others = false;
    for (Phrase part : statement.sub(at, end).split(",")) {
      int begin = part.starts("only") ? 1 : 0;
      Phrase name = part.sub(begin, begin + part.nameLength(begin));
      Optional<MeshTable> table = name.isEmpty() ? Optional.empty() : context.meshTable(name);
      table.ifPresent(tables::add);
      others |= table.filter(Distributed.class::isInstance).isEmpty();
    }
    boolean loopback = context.session().loopback();
    if (others && loopback) {
      throw Unsupported.feature("TRUNCATE of this table through the loopback");
    }
    boolean wide = behaviour.contains("cascade") || behaviour.contains("restart");
    if (others || wide && !loopback) {
      return new Plan.Coordinator(
          SqlText.unchanged(statement.sql()),
          Use.BLOCK,
          Effects.NONE,
          tables.isEmpty() ? "" : "the coordinator database finds the tables to truncate");
    }
    String cascade = behaviour.contains("cascade") ? " CASCADE" : "";
    return new Plan.Scatter(
        new DdlTasks(context)
            .byServer(tables, relations -> "TRUNCATE TABLE " + relations + cascade),
        new Gather.Concat(),
        true);
  }

  private static int end(Phrase statement, int start) {
    for (int i = start; i < statement.size(); i++) {
      if (statement.has(i, "restart", "identity")
          || statement.has(i, "continue", "identity")
          || statement.has(i, "cascade")
          || statement.has(i, "restrict")) {
        return i;
      }
    }
    return statement.size();
  }
}
