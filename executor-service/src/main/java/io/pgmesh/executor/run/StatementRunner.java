package io.pgmesh.executor.run;

import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.RowLocks;
import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.tx.SessionTransaction;
import io.pgmesh.executor.tx.SessionTransaction.Kind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Takes the commands of a session's channels through their transaction: opens one for a statement
 * that has none, ends it after the statement, and answers with the closing event.
 */
final class StatementRunner {
  private final Session session;
  private final TransactionVerbs verbs;
  private final List<Promise<Void>> idleWaiters = new ArrayList<>();
  private final LoopbackErrors loopbackErrors = new LoopbackErrors();
  private int running;
  private Future<Void> closing = Future.succeededFuture();

  StatementRunner(Session session) {
    this.session = session;
    this.verbs = new TransactionVerbs(session);
  }

  /** How a command ended, and the catalog's epoch that the router must wait for. */
  record Finished(Ended ended, long epoch) {}

  void execute(Channel channel, SessionCommand.Execute command) {
    var listener = new ClientListener(channel, command.statement());
    answer(
        channel,
        command.statement(),
        () ->
            channel.loopback()
                ? loopback(channel, command)
                : closing.compose(closed -> main(channel, command, listener)));
  }

  private Future<Finished> main(
      Channel channel, SessionCommand.Execute command, ClientListener listener) {
    if (command.plan() instanceof Plan.Transaction verb) {
      return verbs.run(verb, listener);
    }
    if (session.transaction().filter(SessionTransaction::failed).isPresent()) {
      return Future.failedFuture(aborted());
    }
    if (command.plan() instanceof Plan.Setting setting) {
      return SettingRun.run(setting, session, listener)
          .map(tag -> new Finished(new Ended.Done(tag), 0))
          .onFailure(cause -> verbs.statementFailed());
    }
    loopbackErrors.forget();
    session.locks(RowLocks.NONE); // until a statement of the coordinator database says otherwise
    SessionTransaction transaction =
        session.transaction().orElseGet(() -> session.begin(Kind.STATEMENT, "BEGIN"));
    var run =
        new Execution(
            channel,
            command.statement(),
            command.arguments(),
            command.maxRows(),
            command.describe(),
            transaction,
            listener,
            Participant.Mode.CLIENT,
            0);
    return PlanRun.run(command.plan(), run)
        .compose(ended -> noteReferenceWrites(command.plan(), ended, transaction))
        .compose(ended -> succeeded(channel, ended, listener), cause -> failed(cause, listener));
  }

  /** Later statements of the transaction must read the primary copy of what this one wrote. */
  private static Future<Ended> noteReferenceWrites(
      Plan plan, Ended ended, SessionTransaction transaction) {
    boolean mayWrite =
        plan instanceof Plan.Coordinator coordinator && coordinator.use() == Plan.Use.BLOCK
            || plan instanceof Plan.Evaluation evaluation && evaluation.writes();
    return mayWrite && ended instanceof Ended.Done && transaction.kind() != Kind.STATEMENT
        ? Carrying.afterStatement(transaction).map(ended)
        : Future.succeededFuture(ended);
  }

  private Future<Finished> loopback(Channel channel, SessionCommand.Execute command) {
    return session
        .transaction()
        .map(
            transaction ->
                LoopbackRun.run(channel, command, transaction).onFailure(loopbackErrors::remember))
        .orElseGet(
            () ->
                Future.failedFuture(
                    new SqlError(
                        SqlState.NO_ACTIVE_SQL_TRANSACTION,
                        "the statement of the coordinator database is over")))
        .map(ended -> new Finished(ended, 0));
  }

  void resume(Channel channel, SessionCommand.Resume command) {
    Portal portal = channel.suspended().remove(command.statement());
    var listener = new ClientListener(channel, command.statement());
    answer(
        channel,
        command.statement(),
        () ->
            portal == null
                ? Future.failedFuture(
                    new SqlError(SqlState.INVALID_CURSOR_NAME, "the portal does not exist"))
                : portal
                    .fetch(command.maxRows(), false, listener)
                    .compose(
                        part -> succeeded(channel, StatementRun.ended(portal, part), listener),
                        cause -> failed(cause, listener)));
  }

  void closeStatement(Channel channel, SessionCommand.CloseStatement command) {
    Portal portal = channel.suspended().remove(command.statement());
    if (portal != null) {
      running++;
      // its scans need workers that must not be busy with rows of the next statement
      closing =
          portal
              .close()
              .compose(done -> endStatement(channel, new ClientListener(channel, 0)))
              .<Void>mapEmpty()
              .otherwiseEmpty()
              .onComplete(done -> stopped());
    }
  }

  void inspect(Channel channel, SessionCommand.Inspect command) {
    ask(
        channel,
        command.statement(),
        command.aside(),
        () ->
            channel.loopback() ? Inspection.ofLoopback(command) : Inspection.run(session, command));
  }

  void hash(Channel channel, SessionCommand.Hash command) {
    ask(channel, command.statement(), false, () -> ValueHashes.run(session, command));
  }

  void loadCatalog(Channel channel, SessionCommand.LoadCatalog command) {
    ask(channel, command.statement(), false, () -> CatalogLoad.run(session, command));
  }

  /**
   * Answers a question with its own event.
   *
   * @param aside its failure does not fail an open transaction
   */
  private void ask(
      Channel channel,
      long statement,
      boolean aside,
      Supplier<Future<? extends SessionEvent>> answer) {
    running++;
    channel.beginStatement();
    Future.succeededFuture()
        .compose(start -> answer.get()) // catches what it throws too
        .compose(
            event -> {
              channel.endOfStatement();
              channel.emit(event);
              return Future.succeededFuture();
            },
            cause -> {
              Future<Void> failing =
                  channel.loopback() || aside ? Future.succeededFuture() : verbs.statementFailed();
              return failing.onComplete(
                  done -> {
                    channel.endOfStatement();
                    channel.emit(failed(channel, statement, cause));
                  });
            })
        .onComplete(done -> stopped());
  }

  private void answer(Channel channel, long statement, Supplier<Future<Finished>> work) {
    running++;
    channel.beginStatement();
    Future.succeededFuture()
        .compose(start -> work.get()) // catches what it throws too
        .eventually(session::cancelsArrived)
        .onComplete(
            result -> {
              boolean incomplete = channel.endOfStatement();
              if (result.failed()) {
                channel.emit(failed(channel, statement, result.cause()));
              } else if (incomplete) {
                channel.emit(failed(channel, statement, cancelled()));
              } else {
                channel.emit(closing(channel, statement, result.result()));
              }
              stopped();
            });
  }

  private SessionEvent closing(Channel channel, long statement, Finished finished) {
    SessionEvent.State state = state(channel, finished.epoch());
    return switch (finished.ended()) {
      case Ended.Done done ->
          new SessionEvent.Completed(channel.id(), statement, done.tag(), state);
      case Ended.MoreRows more -> {
        channel.suspended().put(statement, more.portal());
        yield new SessionEvent.Suspended(channel.id(), statement, state);
      }
    };
  }

  private SessionEvent failed(Channel channel, long statement, Throwable cause) {
    Throwable named = channel.loopback() ? cause : session.clock().named(cause);
    return new SessionEvent.Failed(
        channel.id(), statement, SqlError.from(named).fields(), state(channel, 0));
  }

  private SessionEvent.State state(Channel channel, long epoch) {
    boolean meaningChanged = !channel.loopback() && session.leftovers().takeMeaningChanged();
    return session
        .transaction()
        .filter(open -> open.kind() != Kind.STATEMENT)
        .map(
            open ->
                new SessionEvent.State(
                    open.failed() ? 'E' : 'T',
                    open.schemaChanged(),
                    open.referenceChanges().written(),
                    meaningChanged,
                    epoch))
        .orElse(new SessionEvent.State('I', false, false, meaningChanged, epoch));
  }

  private Future<Finished> succeeded(Channel channel, Ended ended, ClientListener listener) {
    if (ended instanceof Ended.MoreRows) {
      return Future.succeededFuture(new Finished(ended, 0));
    }
    return endStatement(channel, listener).map(epoch -> new Finished(ended, epoch));
  }

  /** Commits the transaction of a lone statement, unless another one's rows are still to come. */
  private Future<Long> endStatement(Channel channel, ClientListener listener) {
    boolean lone = session.transaction().filter(open -> open.kind() == Kind.STATEMENT).isPresent();
    return lone && channel.suspended().isEmpty()
        ? verbs.commit(listener)
        : Future.succeededFuture(0L);
  }

  private Future<Finished> failed(Throwable cause, ClientListener listener) {
    session.abandonLoopback();
    Throwable named = loopbackErrors.named(cause);
    return session
        .cancelsArrived()
        .compose(arrived -> verbs.statementFailed())
        .compose(done -> Future.failedFuture(named));
  }

  private void stopped() {
    running--;
    if (running == 0) {
      List<Promise<Void>> waiting = List.copyOf(idleWaiters);
      idleWaiters.clear();
      waiting.forEach(Promise::complete);
    }
  }

  /** Completes when no command runs. */
  Future<Void> idle() {
    if (running == 0) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = Promise.promise();
    idleWaiters.add(promise);
    return promise.future();
  }

  /** Rolls an open transaction back. */
  Future<Void> abandon() {
    return verbs.rollback();
  }

  private static SqlError aborted() {
    return new SqlError(
        SqlState.IN_FAILED_SQL_TRANSACTION,
        "current transaction is aborted, commands ignored until end of transaction block");
  }

  static SqlError cancelled() {
    return new SqlError(SqlState.QUERY_CANCELED, "canceling statement due to user request");
  }
}
