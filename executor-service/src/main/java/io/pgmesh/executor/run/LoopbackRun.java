package io.pgmesh.executor.run;

import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.RowLocks;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.tx.SessionTransaction;
import io.vertx.core.Future;
import java.util.List;

/** What postgres_fdw asks of the mesh, in the transaction of the client it works for. */
final class LoopbackRun {
  private LoopbackRun() {}

  static Future<Ended> run(
      Channel channel, SessionCommand.Execute command, SessionTransaction transaction) {
    var run =
        new Execution(
            channel,
            command.statement(),
            command.arguments(),
            0,
            command.describe(),
            transaction,
            new ClientListener(channel, command.statement()),
            Participant.Mode.LOOPBACK,
            0);
    return switch (command.plan()) {
      case Plan.Transaction verb -> verb(verb, channel, transaction);
      case Plan.DeclareCursor declare -> declare(declare, run);
      case Plan.FetchCursor fetch -> fetch(fetch, run);
      case Plan.CloseCursor close -> close(close, channel);
      case Plan.Setting setting -> done("SET"); // constants of postgres_fdw's own
      case Plan plan -> PlanRun.run(plan, run);
    };
  }

  private static Future<Ended> done(String tag) {
    return Future.succeededFuture(new Ended.Done(tag));
  }

  private static Future<Ended> verb(
      Plan.Transaction plan, Channel channel, SessionTransaction transaction) {
    String sql = plan.sql().text();
    return switch (plan.verb()) {
      case BEGIN, BEGIN_IMPLICIT, COMMIT_IMPLICIT -> done("START TRANSACTION");
      case COMMIT -> done("COMMIT"); // the client's transaction ends in its own time
      case ROLLBACK -> closeAll(channel).compose(closed -> done("ROLLBACK"));
      case SAVEPOINT ->
          transaction.loopbackSavepoint(plan.savepoint(), sql).compose(saved -> done("SAVEPOINT"));
      case RELEASE ->
          transaction.loopbackRelease(plan.savepoint(), sql).compose(gone -> done("RELEASE"));
      case ROLLBACK_TO ->
          transaction.loopbackRollbackTo(plan.savepoint(), sql).compose(back -> done("ROLLBACK"));
    };
  }

  private static Future<Ended> declare(Plan.DeclareCursor plan, Execution run) {
    return openQuery(plan, run)
        .compose(
            portal -> {
              run.channel().cursors().put(plan.name(), portal);
              return done("DECLARE CURSOR");
            });
  }

  private static Future<Portal> openQuery(Plan.DeclareCursor plan, Execution run) {
    return switch (plan.query()) {
      case Plan.OneShard one ->
          one.writes()
              ? openLocking(List.of(one.task()), plan.locks(), run)
              : StatementRun.openPortals(List.of(one.task()), false, run);
      case Plan.Scatter scatter when scatter.gather() instanceof Gather.Concat ->
          scatter.writes()
              ? openLocking(scatter.tasks(), plan.locks(), run)
              : StatementRun.openPortals(scatter.tasks(), false, run);
      default ->
          Future.failedFuture(
              new SqlError(
                  SqlState.FEATURE_NOT_SUPPORTED,
                  "the coordinator database cannot read this query's rows in parts"));
    };
  }

  /**
   * @param marked what the scan itself says about locks of others; the statement may say more
   */
  private static Future<Portal> openLocking(List<Task> tasks, RowLocks marked, Execution run) {
    Session session = run.session();
    RowLocks locks = marked == RowLocks.WAIT ? marked : marked.and(session.locks());
    String clause = locks.clause();
    session.locks(session.locks().and(RowLocks.WAIT)); // of a view or an EXECUTE it was not known
    List<Task> locking =
        tasks.stream().map(task -> task.with(task.sql().within("", clause))).toList();
    return StatementRun.openPortals(locking, false, run);
  }

  private static Future<Ended> fetch(Plan.FetchCursor plan, Execution run) {
    Portal portal = run.channel().cursors().get(plan.name());
    if (portal == null) {
      return noCursor(plan.name());
    }
    return portal
        .fetch(plan.count(), run.describe(), run.listener())
        .map(part -> new Ended.Done("FETCH " + part.rows()));
  }

  private static Future<Ended> close(Plan.CloseCursor plan, Channel channel) {
    Portal portal = channel.cursors().remove(plan.name());
    return portal == null
        ? noCursor(plan.name())
        : portal.close().compose(closed -> done("CLOSE CURSOR"));
  }

  private static Future<Void> closeAll(Channel channel) {
    var portals = List.copyOf(channel.cursors().values());
    channel.cursors().clear();
    return portals.isEmpty()
        ? Future.succeededFuture()
        : Future.join(portals.stream().map(Portal::close).toList()).mapEmpty();
  }

  private static Future<Ended> noCursor(String name) {
    return Future.failedFuture(
        new SqlError(SqlState.INVALID_CURSOR_NAME, "cursor \"" + name + "\" does not exist"));
  }
}
