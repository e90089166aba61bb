package io.pgmesh.router.planner;

import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.contracts.plan.Task;
import java.util.List;

/** About how much memory a plan takes, in bytes. */
final class PlanSize {
  private static final long RECORD = 64;
  private static final long SEGMENT = 32;

  private PlanSize() {}

  static long of(Plan plan) {
    return RECORD
        + switch (plan) {
          case Plan.OneShard(var task, var writes) -> of(task);
          case Plan.Scatter(var tasks, var gather, var use) -> tasks(tasks) + of(gather);
          case Plan.Timed(var timed, var ofStatement) -> of(timed);
          case Plan.Coordinator coordinator -> of(coordinator.sql());
          case Plan.RoutedInsert insert -> of(insert.source()) + of(insert.target());
          case Plan.CopyIn copy -> of(copy.target());
          case Plan.Maintenance(var workers, var coordinator) -> of(workers) + of(coordinator);
          case Plan.Ddl(var steps, var workers, var tag, var references) ->
              steps.stream().mapToLong(PlanSize::of).sum() + tasks(workers);
          case Plan.Explain(var lines, var sample) ->
              lines.stream().mapToLong(PlanSize::of).sum() + sample.map(PlanSize::of).orElse(0L);
          case Plan.Transaction transaction -> of(transaction.sql());
          case Plan.Setting setting ->
              of(setting.sql()) + setting.workers().map(PlanSize::tasks).orElse(0L);
          case Plan.DeclareCursor(var name, var query, var locks) -> of(query);
          case Plan.FetchCursor fetch -> 0;
          case Plan.CloseCursor close -> 0;
          case Plan.WorkerCalls calls -> RECORD * calls.calls().size();
          case Plan.Carry carry -> 0;
          case Plan.Evaluation evaluation -> of(evaluation.call());
        };
  }

  private static long tasks(List<Task> tasks) {
    return tasks.stream().mapToLong(PlanSize::of).sum();
  }

  private static long of(Task task) {
    return 2 * RECORD + SEGMENT * task.shardIds().size() + of(task.sql());
  }

  private static long of(Gather gather) {
    return switch (gather) {
      case Gather.Concat() -> 0;
      case Gather.InTurns(var turns) -> SEGMENT * turns.size();
      case Gather.CopyOut(var header) -> 0;
      case Gather.Combine(var shape, var finish) -> of(shape) + of(finish);
    };
  }

  /** Their names are made for each plan. */
  private static long of(Plan.ShardedTarget target) {
    return target.shards().stream().mapToLong(shard -> 2 * RECORD + of(shard.relation())).sum();
  }

  private static long of(SqlText text) {
    return RECORD + of(text.text()) + SEGMENT * text.segments().size();
  }

  private static long of(String text) {
    return RECORD + text.length();
  }
}
