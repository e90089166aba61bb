package io.pgmesh.executor.run;

import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.catalog.Node;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.executor.tx.SessionTransaction.Block;
import io.pgmesh.executor.worker.RowReader;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** EXPLAIN: the plan's own lines, then one task's plan as its worker prints it. */
final class ExplainRun {
  private static final String INDENT = "        ";

  private ExplainRun() {}

  static Future<Ended> run(Plan.Explain plan, Execution run) {
    Future<List<String>> sample =
        plan.sample()
            .map(task -> sample(task, run))
            .orElseGet(() -> Future.succeededFuture(List.of()));
    return sample.map(
        lines -> {
          var all = new ArrayList<>(plan.lines());
          lines.forEach(line -> all.add(INDENT + line));
          if (run.describe()) {
            run.listener().description(MadeRows.description("QUERY PLAN"));
          }
          long channel = run.channel().id();
          run.channel().emit(new SessionEvent.Rows(channel, run.statement(), MadeRows.rows(all)));
          return new Ended.Done("EXPLAIN");
        });
  }

  private static Future<List<String>> sample(Task task, Execution run) {
    var reader = new RowReader();
    return asked(task, run.withTextRows(), reader)
        .map(done -> reader.rows().stream().map(List::getFirst).toList());
  }

  /** The session's own coordinator connection: the loopback knows it, also while planning. */
  private static Future<?> asked(Task task, Execution run, RowReader reader) {
    if (task.server().groupId() != Node.COORDINATOR_GROUP) {
      return StatementRun.toListener(List.of(task), run, reader);
    }
    return run.transaction()
        .join(run.session().coordinator(), Block.BARE)
        .compose(coordinator -> StatementRun.whole(coordinator, task.sql(), run, reader));
  }
}
