package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.catalog.ShardNames;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Effects;
import io.pgmesh.contracts.plan.Plan.Use;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SqlWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** CREATE, ALTER and DROP INDEX: on the table, its shards and replicas. */
final class IndexPlanner {
  private IndexPlanner() {}

  static Plan create(Phrase statement, PlanContext context) {
    int at = statement.has(1, "unique") ? 3 : 2;
    boolean concurrently = statement.has(at, "concurrently");
    at += concurrently ? 1 : 0;
    at += statement.has(at, "if", "not", "exists") ? 3 : 0;
    boolean named = !statement.has(at, "on");
    Phrase name = statement.sub(at, named ? at + 1 : at);
    int on = named ? at + 1 : at;
    int tableAt = on + (statement.has(on + 1, "only") ? 2 : 1);
    Phrase tableName = statement.sub(tableAt, tableAt + statement.nameLength(tableAt));
    Optional<MeshTable> found = context.meshTable(tableName);
    if (found.isEmpty()) {
      return coordinator(statement, concurrently);
    }
    refuse(concurrently, "CREATE INDEX CONCURRENTLY");
    MeshTable table = found.get();
    DdlText text = new DdlText(statement);
    text.table(tableName, table);
    if (named) {
      text.objectName(name);
    } else {
      text.newName(statement.at(on).start(), "", generatedName(statement, on, table));
    }
    List<SqlText> steps = new ArrayList<>(List.of(text.forCoordinator()));
    if (table instanceof Distributed) {
      steps.add(DdlTasks.checkConstraints(table));
    }
    List<Task> tasks =
        new DdlTasks(context)
            .ofTable(
                table,
                (index, shard) -> text.forShard(statement, index, shard),
                text.forReplica(statement));
    return DdlTasks.plan(table, steps, tasks, "CREATE INDEX");
  }

  private static String generatedName(Phrase statement, int on, MeshTable table) {
    int open = on;
    while (open < statement.size() && !statement.hasSymbol(open, "(")) {
      open++;
    }
    int end = statement.behindBrackets(open);
    List<String> parts = new ArrayList<>(ObjectNames.parts(statement.sub(open + 1, end - 1)));
    if (statement.has(end, "include")) {
      int close = statement.behindBrackets(end + 1);
      parts.addAll(ObjectNames.parts(statement.sub(end + 2, close - 1)));
    }
    return new ObjectNames(table).index(parts);
  }

  static Plan alter(Phrase statement, PlanContext context) {
    int at = statement.has(2, "if", "exists") ? 4 : 2;
    Phrase name = statement.sub(at, at + statement.nameLength(at));
    Optional<MeshTable> found = name.isEmpty() ? Optional.empty() : context.tableOfIndex(name);
    if (found.isEmpty()) {
      return coordinator(statement, false);
    }
    MeshTable table = found.get();
    Phrase action = statement.skip(at + name.size());
    boolean rename = action.starts("rename", "to");
    boolean options = action.starts("set") || action.starts("reset") || action.starts("alter");
    if (!rename && (!options || action.has(1, "tablespace"))) {
      throw Unsupported.feature("this ALTER INDEX on a distributed or reference table");
    }
    DdlText text = new DdlText(statement);
    if (rename) {
      text.objectName(action.sub(2, 3));
    }
    List<Task> tasks =
        new DdlTasks(context)
            .ofTable(
                table,
                (index, shard) ->
                    prefixed(
                        "ALTER INDEX " + shardIndex(table, name, shard.shardId()) + " ",
                        text.forShard(action, index, shard)),
                prefixed("ALTER INDEX " + plainIndex(table, name) + " ", text.forReplica(action)));
    return DdlTasks.plan(table, List.of(text.forCoordinator()), tasks, "ALTER INDEX");
  }

  private static SqlText prefixed(String words, SqlText text) {
    return new SqlWriter().add(words).append(text).build();
  }

  private static String shardIndex(MeshTable table, Phrase name, long shardId) {
    return Identifiers.qualified(
        table.schema(), ShardNames.of(name.identifiers().getLast(), shardId));
  }

  private static String plainIndex(MeshTable table, Phrase name) {
    return Identifiers.qualified(table.schema(), name.identifiers().getLast());
  }

  static Plan drop(Phrase statement, PlanContext context) {
    boolean concurrently = statement.has(2, "concurrently");
    List<Task> tasks = new ArrayList<>();
    List<MeshTable> tables = new ArrayList<>();
    String behaviour = statement.last().is("cascade") ? " CASCADE" : "";
    for (Phrase name : DropPlanner.names(statement)) {
      Optional<MeshTable> found = context.tableOfIndex(name);
      if (found.isPresent()) {
        MeshTable table = found.get();
        tables.add(table);
        tasks.addAll(
            new DdlTasks(context)
                .ofTable(
                    table,
                    (index, shard) ->
                        SqlText.made(
                            "DROP INDEX IF EXISTS "
                                + shardIndex(table, name, shard.shardId())
                                + behaviour),
                    SqlText.made("DROP INDEX IF EXISTS " + plainIndex(table, name) + behaviour)));
      }
    }
    if (tables.isEmpty()) {
      return coordinator(statement, concurrently);
    }
    refuse(concurrently, "DROP INDEX CONCURRENTLY");
    return new Plan.Ddl(
        List.of(SqlText.unchanged(statement.sql())),
        tasks,
        "DROP INDEX",
        DdlTasks.references(tables));
  }

  private static void refuse(boolean concurrently, String what) {
    if (concurrently) {
      throw Unsupported.because(
          what + " of a distributed or reference table", "Leave CONCURRENTLY out.");
    }
  }

  private static Plan coordinator(Phrase statement, boolean concurrently) {
    return new Plan.Coordinator(
        SqlText.unchanged(statement.sql()),
        concurrently ? Use.NO_BLOCK : Use.BLOCK,
        Effects.SCHEMA,
        "");
  }
}
