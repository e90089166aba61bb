package io.pgmesh.executor.run;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.tx.SessionTransaction.Block;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Frames;
import io.pgmesh.executor.worker.PreparedStatements;
import io.vertx.core.Future;

/**
 * One statement on one worker, the shortest way. A statement with parameters comes again with
 * others, so the worker's connection keeps it prepared.
 */
final class OneShardRun {
  private OneShardRun() {}

  static Future<Ended> run(Plan.OneShard plan, Execution run) {
    Task task = plan.task();
    return run.transaction()
        .join(run.session().addressOf(task.server()), StatementRun.block(Block.BARE, run))
        .compose(
            worker -> {
              if (plan.writes()) {
                worker.markWriter();
              }
              worker.enter(run.mode());
              return send(worker, task, run);
            })
        .map(
            outcome -> {
              run.listener().endOfTasks();
              return new Ended.Done(outcome.lastTag());
            });
  }

  private static Future<Flight.Outcome> send(Participant worker, Task task, Execution run) {
    boolean keep =
        run.hasParameters()
            && !run.channel().loopback()
            && !run.transaction().schemaChanged()
            && !run.transaction().changedSettings();
    return (keep ? prepared(worker, task, run) : unnamed(worker, task, run))
        .recover(cause -> Future.failedFuture(ErrorMapping.ofTask(task, cause)))
        .onFailure(cause -> run.session().cancelWorkers());
  }

  private static Future<Flight.Outcome> prepared(Participant worker, Task task, Execution run) {
    PreparedStatements statements = worker.connection().statements();
    var frames = new Frames();
    var batch = statements.begin();
    long epoch = run.session().executor().catalogEpoch();
    statements.bind(frames, batch, epoch, task.sql().text(), run.arguments());
    Flight flight = execute(frames, worker, task, run);
    return flight
        .future()
        .onComplete(done -> statements.end(batch, flight.parsed()))
        .recover(cause -> again(cause, worker, task, run));
  }

  /** The schema changed a moment ago: outside a block nothing is lost by another try. */
  private static Future<Flight.Outcome> again(
      Throwable cause, Participant worker, Task task, Execution run) {
    ErrorFields error = SqlError.from(cause).fields();
    if (!PreparedStatements.isStale(error.code(), error.get(ErrorFields.ROUTINE))) {
      return Future.failedFuture(cause);
    }
    worker.connection().statements().renew();
    return worker.inBlock() ? Future.failedFuture(cause) : unnamed(worker, task, run);
  }

  private static Future<Flight.Outcome> unnamed(Participant worker, Task task, Execution run) {
    var frames = new Frames();
    frames.parse("", task.sql().text(), run.arguments()).bind("", "", run.arguments());
    return execute(frames, worker, task, run).future();
  }

  private static Flight execute(Frames frames, Participant worker, Task task, Execution run) {
    if (run.describe()) {
      frames.describePortal("");
    }
    frames.execute("", 0);
    return Flight.extended(worker.connection(), frames, run.listener().of(task));
  }
}
