package io.pgmesh.router.planner;

import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Task;
import java.util.List;

/** Plans of changes as short texts to compare. */
final class PrintedPlan {
  private PrintedPlan() {}

  static String of(Plan plan) {
    return switch (plan) {
      case Plan.Coordinator c ->
          "coordinator %s%s: %s\n"
              .formatted(
                  c.use(),
                  (c.effects().changesSchema() ? " schema" : "")
                      + (c.effects().bindsSession() ? " session" : ""),
                  c.sql().text());
      case Plan.OneShard one -> task(one.task());
      case Plan.Scatter scatter -> tasks(scatter.tasks());
      case Plan.RoutedInsert insert ->
          "routed %s %s key %d %s\n  from %s"
              .formatted(
                  insert.target().table(),
                  insert.columns(),
                  insert.keyIndex(),
                  insert.tail(),
                  of(insert.source()));
      case Plan.CopyIn copy ->
          "copy %s %s key %d %s options [%s] filled %s\n"
              .formatted(
                  copy.target().table(),
                  copy.columns(),
                  copy.keyIndex(),
                  copy.format(),
                  copy.options(),
                  copy.filled());
      case Plan.Maintenance(var workers, var coordinator) -> of(workers) + of(coordinator);
      case Plan.Ddl ddl -> ddl(ddl);
      default -> plan + "\n";
    };
  }

  private static String ddl(Plan.Ddl ddl) {
    StringBuilder text = new StringBuilder();
    ddl.coordinator()
        .forEach(step -> text.append("coordinator: ").append(step.text()).append('\n'));
    text.append(tasks(ddl.workers()));
    if (!ddl.references().isEmpty()) {
      text.append("references ").append(ddl.references()).append('\n');
    }
    return ddl.tag().isEmpty() ? text.toString() : text + "tag " + ddl.tag() + "\n";
  }

  private static String tasks(List<Task> tasks) {
    StringBuilder text = new StringBuilder();
    tasks.forEach(task -> text.append(task(task)));
    return text.toString();
  }

  private static String task(Task task) {
    return task.server().host() + ": " + task.sql().text() + "\n";
  }
}
