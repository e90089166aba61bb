package io.pgmesh.executor.run;

import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.RowLocks;
import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.tx.SessionTransaction.Block;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Frames;
import io.pgmesh.executor.worker.Listener;
import io.vertx.core.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Computes arguments of EXECUTE by PostgreSQL's own EXECUTE: of a statement that returns its
 * parameters, which lives as long as that takes.
 */
final class EvaluationRun {
  private EvaluationRun() {}

  static Future<Ended> run(Plan.Evaluation plan, Execution client) {
    Execution run = client.withExactRows();
    boolean inBlock = plan.writes() || run.mode() == Participant.Mode.EXACT;
    run.session().locks(plan.writes() ? RowLocks.WAIT : RowLocks.NONE);
    return run.transaction()
        .join(run.session().coordinator(), inBlock ? Block.BEGIN : Block.BARE)
        .compose(
            participant -> {
              run.session().leftovers().watch(plan.effects().code(), participant);
              if (plan.writes() || plan.effects().bindsSession()) {
                participant.connection().sequenceValues().taken();
              }
              if (plan.writes()) {
                participant.markWriter();
              }
              participant.enter(run.mode());
              return evaluate(participant.connection(), plan, run.listener());
            })
        .recover(cause -> Future.failedFuture(ErrorMapping.ofText(plan.call(), cause)));
  }

  private static Future<Ended> evaluate(
      BackendConnection connection, Plan.Evaluation plan, Listener listener) {
    String returning =
        IntStream.rangeClosed(1, plan.types().size())
            .mapToObj(number -> "$" + number)
            .collect(Collectors.joining(", ", "SELECT ", ""));
    var frames = new Frames();
    frames.parseWithTypes(Plan.Evaluation.STATEMENT, returning, plan.types());
    frames.run(plan.call().text(), Arguments.NONE);
    frames.closeStatement(Plan.Evaluation.STATEMENT);
    return Flight.extended(connection, frames, listener)
        .future()
        .map((Ended) new Ended.Done(""))
        .recover(cause -> close(connection).transform(done -> Future.failedFuture(cause)));
  }

  /** Allowed in a failed transaction, too. */
  private static Future<Void> close(BackendConnection connection) {
    if (connection.closed()) {
      return Future.succeededFuture();
    }
    var frames = new Frames().closeStatement(Plan.Evaluation.STATEMENT);
    return Flight.extended(connection, frames, Listener.NONE).future().mapEmpty();
  }
}
