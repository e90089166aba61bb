package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.catalog.Shard;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SqlWriter;
import java.util.ArrayList;
import java.util.List;

/** ALTER TABLE of a distributed or reference table: on the table, its shards and replicas. */
final class AlterTablePlanner {
  private final Phrase statement;
  private final PlanContext context;
  private final MeshTable table;
  private final DdlText text;
  private final AlterTableActions actions;

  private AlterTablePlanner(Phrase statement, MeshTable table, PlanContext context) {
    this.statement = statement;
    this.table = table;
    this.context = context;
    this.text = new DdlText(statement);
    this.actions = new AlterTableActions(table, text, context);
  }

  /**
   * @param body what follows the table's name
   */
  static Plan plan(Phrase statement, MeshTable table, Phrase body, PlanContext context) {
    return new AlterTablePlanner(statement, table, context).plan(body);
  }

  private Plan plan(Phrase body) {
    List<Phrase> onWorkers = new ArrayList<>();
    boolean converts = false;
    for (Phrase action : body.split(",")) {
      if (actions.goesToWorkers(action)) {
        onWorkers.add(action);
      }
      converts |= AlterTableActions.converts(action);
    }
    List<Task> tasks =
        onWorkers.isEmpty()
            ? List.of()
            : new DdlTasks(context)
                .ofTable(
                    table,
                    (index, shard) -> shardText(onWorkers, index, shard),
                    replicaText(onWorkers));
    return DdlTasks.plan(table, steps(body, converts), tasks, "ALTER TABLE");
  }

  /** What the coordinator database does: without the shell's child where that stands in the way. */
  private List<SqlText> steps(Phrase body, boolean converts) {
    boolean withoutChild = converts && table instanceof Distributed;
    List<SqlText> steps = new ArrayList<>();
    if (withoutChild) {
      steps.add(SqlText.made("SELECT pgmesh.drop_child(" + table.oid() + "::regclass)"));
    }
    steps.add(text.forCoordinator());
    if (withoutChild) {
      steps.add(SqlText.made("SELECT pgmesh.create_child(" + table.oid() + "::regclass)"));
    }
    if (!body.starts("rename") && table instanceof Distributed) {
      steps.add(DdlTasks.checkConstraints(table));
    }
    return steps;
  }

  private SqlText shardText(List<Phrase> parts, int index, Shard shard) {
    List<SqlText> texts = parts.stream().map(part -> text.forShard(part, index, shard)).toList();
    return joined(Shards.relation((Distributed) table, shard), texts);
  }

  private SqlText replicaText(List<Phrase> parts) {
    return joined(DdlTasks.name(table).text(), parts.stream().map(text::forReplica).toList());
  }

  private SqlText joined(String relation, List<SqlText> parts) {
    SqlWriter writer = new SqlWriter();
    String separator = "ALTER TABLE " + relation + " ";
    for (SqlText part : parts) {
      writer.add(separator).append(part);
      separator = ", ";
    }
    return writer.build();
  }
}
