package io.pgmesh.contracts.plan;

import java.util.List;
import java.util.stream.Collectors;

/** Plans as text, for tests and for people. */
public final class PlanText {
  private PlanText() {}

  /** The plan, a line a part, parts of parts indented. */
  public static String of(Plan plan) {
    StringBuilder out = new StringBuilder();
    print(plan, "", out);
    return out.toString();
  }

  private static void print(Plan plan, String indent, StringBuilder out) {
    out.append(indent);
    String inner = indent + "  ";
    switch (plan) {
      case Plan.Coordinator(
              var sql,
              var use,
              var effects,
              var reason,
              var locks,
              var configured) -> {
        out.append("Coordinator [").append(use.name().toLowerCase(java.util.Locale.ROOT));
        out.append(effects.changesSchema() ? ", changes schema" : "");
        out.append(effects.bindsSession() ? ", binds session" : "");
        out.append(cursor(effects.cursor()));
        out.append(locks == RowLocks.NONE ? "" : ", locks rows" + locks.clause()).append("]");
        line(out, reason.isEmpty() ? "" : " because " + reason);
        line(out, inner + sql.text());
      }
      case Plan.OneShard(var task, var writes) -> {
        line(out, "OneShard" + (writes ? " [writes]" : ""));
        task(task, inner, out);
      }
      case Plan.Scatter(var tasks, var gather, var use) -> {
        line(out, "Scatter [" + name(gather) + (use == Plan.Use.BLOCK ? ", writes]" : "]"));
        tasks.forEach(task -> task(task, inner, out));
        if (gather instanceof Gather.Combine(var shape, var finish)) {
          line(out, inner + "shape: " + shape.text());
          line(out, inner + "finish: " + finish.text());
        }
      }
      case Plan.RoutedInsert insert -> {
        line(
            out,
            "RoutedInsert into %s %s by %s"
                .formatted(
                    insert.target().table(),
                    insert.columns(),
                    insert.columns().get(insert.keyIndex())));
        print(insert.source(), inner, out);
      }
      case Plan.Timed(var timed, var ofStatement) -> {
        line(out, ofStatement ? "Timed [statement]" : "Timed");
        print(timed, inner, out);
      }
      case Plan.CopyIn copy ->
          line(out, "CopyIn into %s %s".formatted(copy.target().table(), copy.columns()));
      case Plan.Maintenance(var workers, var coordinator) -> {
        line(out, "Maintenance");
        print(workers, inner, out);
        print(coordinator, inner, out);
      }
      case Plan.Ddl ddl -> {
        line(out, "Ddl" + (ddl.tag().isEmpty() ? "" : " " + ddl.tag()));
        ddl.coordinator().forEach(sql -> line(out, inner + "coordinator: " + sql.text()));
        ddl.workers().forEach(task -> task(task, inner, out));
      }
      case Plan.Explain(var lines, var sample) -> {
        line(out, "Explain");
        lines.forEach(text -> line(out, inner + text));
        sample.ifPresent(task -> task(task, inner, out));
      }
      case Plan.Transaction(var verb, var savepoint, var sql) ->
          line(out, "Transaction " + verb + (savepoint.isEmpty() ? "" : " " + savepoint));
      case Plan.Setting(var name, var scope, var sql, var workers) -> {
        line(out, "Setting %s [%s]".formatted(name, scope));
        workers.ifPresent(tasks -> tasks.forEach(task -> task(task, inner, out)));
      }
      case Plan.DeclareCursor(var name, var query, var locks) -> {
        line(out, "DeclareCursor " + name + locks.clause());
        print(query, inner, out);
      }
      case Plan.FetchCursor(var name, var count) -> line(out, "FetchCursor " + name + " " + count);
      case Plan.CloseCursor(var name) -> line(out, "CloseCursor " + name);
      case Plan.WorkerCalls(var calls, var mode) -> {
        line(out, "WorkerCalls [" + mode + "]");
        calls.forEach(call -> line(out, inner + server(call.server()) + ": " + call.sql()));
      }
      case Plan.Evaluation(var types, var call, var writes, var effects) ->
          line(out, "Evaluation " + types + (writes ? " [writes]: " : ": ") + call.text());
      case Plan.Carry(var changes) -> line(out, "Carry [" + changes.changes().size() + " changes]");
    }
  }

  private static String cursor(Plan.Cursor cursor) {
    return switch (cursor) {
      case NONE -> "";
      case DECLARES -> ", declares cursor";
      case USES -> ", reads cursor";
      case BECOMES -> ", keeps rows";
    };
  }

  private static String name(Gather gather) {
    return switch (gather) {
      case Gather.Concat concat -> "concat";
      case Gather.InTurns(var turns) -> turns.isEmpty() ? "task by task" : "in turns " + turns;
      case Gather.CopyOut(var header) -> header ? "copy with header" : "copy";
      case Gather.Combine combine -> "combine";
    };
  }

  private static void task(Task task, String indent, StringBuilder out) {
    line(out, indent + server(task.server()) + ": " + task.sql().text());
  }

  private static String server(Server server) {
    return server.groupId() == 0 ? "coordinator" : "worker " + server.groupId();
  }

  private static void line(StringBuilder out, String text) {
    out.append(text).append('\n');
  }

  /** Several plans, one behind the other. */
  public static String of(List<Plan> plans) {
    return plans.stream().map(PlanText::of).collect(Collectors.joining());
  }
}
