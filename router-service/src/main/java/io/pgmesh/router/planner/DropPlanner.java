package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Effects;
import io.pgmesh.contracts.plan.Plan.Use;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.router.sql.Phrase;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** DROP TABLE and DROP SCHEMA: the catalog forgets the tables, workers drop their relations. */
final class DropPlanner {
  private DropPlanner() {}

  static Plan tables(Phrase statement, PlanContext context) {
    List<MeshTable> tables =
        names(statement).stream().flatMap(name -> context.meshTable(name).stream()).toList();
    if (tables.isEmpty()) {
      return new Plan.Coordinator(
          SqlText.unchanged(statement.sql()), Use.BLOCK, Effects.SCHEMA, "");
    }
    return new Plan.Ddl(
        List.of(beforeDrop(tables), SqlText.unchanged(statement.sql())),
        dropRelations(tables, context),
        "DROP TABLE",
        DdlTasks.references(tables));
  }

  /** Names behind {@code DROP TABLE|INDEX|SCHEMA [IF EXISTS]}. */
  static List<Phrase> names(Phrase statement) {
    int at = 2;
    at += statement.has(at, "concurrently") ? 1 : 0;
    at += statement.has(at, "if", "exists") ? 2 : 0;
    List<Phrase> names = new ArrayList<>();
    for (Phrase part : statement.skip(at).split(",")) {
      int length = part.nameLength(0);
      if (length > 0) {
        names.add(part.sub(0, length));
      }
    }
    return names;
  }

  static Plan schemas(Phrase statement, PlanContext context) {
    List<String> schemas =
        names(statement).stream().map(name -> name.identifiers().getLast()).toList();
    List<MeshTable> tables =
        context.catalog().tables().stream()
            .filter(table -> schemas.contains(table.schema()))
            .toList();
    List<SqlText> steps = new ArrayList<>();
    List<Task> tasks = new ArrayList<>();
    boolean cascade = statement.last().is("cascade");
    if (!tables.isEmpty() && cascade) {
      steps.add(beforeDrop(tables));
      tasks.addAll(dropRelations(tables, context));
    }
    steps.add(SqlText.unchanged(statement.sql()));
    String list = Identifiers.list(schemas);
    tasks.addAll(
        new DdlTasks(context)
            .everywhere(
                SqlText.made("DROP SCHEMA IF EXISTS " + list + (cascade ? " CASCADE" : ""))));
    return new Plan.Ddl(steps, tasks, "DROP SCHEMA", DdlTasks.references(tables));
  }

  private static SqlText beforeDrop(List<MeshTable> tables) {
    return SqlText.made(
        tables.stream()
            .map(table -> table.oid() + "::oid")
            .collect(Collectors.joining(", ", "SELECT pgmesh.before_drop(", ")")));
  }

  private static List<Task> dropRelations(List<MeshTable> tables, PlanContext context) {
    return new DdlTasks(context)
        .byServer(tables, relations -> "DROP TABLE IF EXISTS " + relations + " CASCADE");
  }
}
