package io.pgmesh.executor.run;

import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.tx.SessionTransaction.Block;
import io.pgmesh.executor.worker.Flight;
import io.vertx.core.Future;
import java.util.List;

/** One statement on one worker, the shortest way. */
final class OneShardRun {
  private OneShardRun() {}

  static Future<Ended> run(Plan.OneShard plan, Execution run) {
    Task task = plan.task();
    return run.transaction()
        .join(run.session().addressOf(task.server()), StatementRun.block(Block.BARE, run))
        .compose(
            worker -> {
              if (plan.writes()) {
                worker.markWriter(task.shardIds());
              }
              run.session().leftovers().watch(task, worker);
              worker.enter(run.mode());
              return send(worker, task, run);
            })
        .map(outcome -> new Ended.Done(outcome.lastTag()));
  }

  private static Future<Flight.Outcome> send(Participant worker, Task task, Execution run) {
    var flight = new ServerFlight(worker, List.of(task.sql()), run, run.listener().of(task));
    return flight
        .sendToKeep()
        .recover(cause -> Future.failedFuture(ErrorMapping.ofTask(task, cause)))
        .onFailure(cause -> run.session().cancelWorkers());
  }
}
