package io.pgmesh.router.session;

import io.pgmesh.contracts.api.ExecutorApi.Opened;
import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.api.SessionEvent.State;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.router.wire.Backend;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One channel to an executor: commands become futures, events become calls of a sink. One command
 * at a time. Touched on the router's context only.
 */
public final class ExecutorChannel {
  // Credit goes back in halves: a point query then costs one message in four statements.
  private static final int CREDIT_STEP = SessionCommand.INITIAL_CREDIT / 2;

  private static final String READ_ONLY_BY_DEFAULT = "default_transaction_read_only";

  private static final Buffer COPY_DONE = Backend.CODECS.frame(new Backend.CopyDone());

  private final Opened opened;
  private final Consumer<SessionCommand> sender;
  private final ChannelListener listener;
  private String readOnlyByDefault;
  private State state = State.IDLE;
  private Optional<Running> running = Optional.empty();
  private Optional<SqlError> lost = Optional.empty();
  private long lastStatement;
  private int owedCredit;
  private int copyCredit;
  private boolean copyingOut;
  private Told told = Told.NOTHING;
  private ResultSink sink = NO_SINK;

  /** What the sink has heard of the last statement. */
  enum Told {
    NOTHING,
    DESCRIPTION,
    MORE
  }

  private record Running(long statement, Promise<SessionEvent> closing) {}

  /** What to run and how much of it. */
  public record Request(Plan plan, Arguments arguments, int maxRows, boolean describe) {}

  ExecutorChannel(Opened opened, Consumer<SessionCommand> sender, ChannelListener listener) {
    this.opened = opened;
    this.sender = sender;
    this.listener = listener;
    this.readOnlyByDefault = opened.parameters().getOrDefault(READ_ONLY_BY_DEFAULT, "off");
  }

  /** What ParameterStatus reports at start. */
  public Map<String, String> parameters() {
    return opened.parameters();
  }

  /** Whether transactions that do not say otherwise may not write. */
  boolean readOnlyByDefault() {
    return readOnlyByDefault.equals("on");
  }

  /** The session after the last statement. */
  public State state() {
    return state;
  }

  Told told() {
    return told;
  }

  public Future<Outcome> execute(Request request, ResultSink results) {
    return ask(
            results,
            statement ->
                new SessionCommand.Execute(
                    opened.channel(),
                    statement,
                    request.plan(),
                    request.arguments(),
                    request.maxRows(),
                    request.describe()))
        .map(ExecutorChannel::outcome);
  }

  public Future<Outcome> resume(long statement, int maxRows, ResultSink results) {
    return run(statement, results, new SessionCommand.Resume(opened.channel(), statement, maxRows))
        .map(ExecutorChannel::outcome);
  }

  /** Ends a suspended statement. */
  public void closeStatement(long statement) {
    send(new SessionCommand.CloseStatement(opened.channel(), statement));
  }

  public Future<SessionEvent.Inspected> inspect(
      String sql, List<Long> parameterTypes, List<String> relations, List<String> functions) {
    return ask(
            NO_SINK,
            statement ->
                new SessionCommand.Inspect(
                    opened.channel(), statement, sql, parameterTypes, relations, functions, false))
        .map(SessionEvent.Inspected.class::cast);
  }

  /** The same outside the session's transaction, which an error does not fail. */
  public Future<SessionEvent.Inspected> inspectAside(String sql, List<Long> parameterTypes) {
    return ask(
            NO_SINK,
            statement ->
                new SessionCommand.Inspect(
                    opened.channel(), statement, sql, parameterTypes, List.of(), List.of(), true))
        .map(SessionEvent.Inspected.class::cast);
  }

  public Future<List<Integer>> hash(String type, List<String> values) {
    return ask(
            NO_SINK,
            statement -> new SessionCommand.Hash(opened.channel(), statement, type, values))
        .map(event -> ((SessionEvent.Hashed) event).hashes());
  }

  public Future<CatalogSnapshot> loadCatalog() {
    return ask(NO_SINK, statement -> new SessionCommand.LoadCatalog(opened.channel(), statement))
        .map(event -> ((SessionEvent.CatalogLoaded) event).catalog());
  }

  /** Chunks of COPY data that may be sent now. */
  public int copyCredit() {
    return copyCredit;
  }

  /** Sends a chunk of at most {@link SessionCommand#BATCH_BYTES}; takes one {@link #copyCredit}. */
  public void copyData(Buffer chunk) {
    copyCredit--;
    send(new SessionCommand.CopyData(opened.channel(), chunk));
  }

  public void copyDone() {
    send(new SessionCommand.CopyDone(opened.channel()));
  }

  public void copyFail(String reason) {
    send(new SessionCommand.CopyFail(opened.channel(), reason));
  }

  /** The sink has room again. */
  public void grantCredit() {
    if (owedCredit > 0) {
      send(new SessionCommand.Credit(opened.channel(), owedCredit));
      owedCredit = 0;
    }
  }

  public void cancel() {
    send(new SessionCommand.Cancel(opened.channel()));
  }

  public void close() {
    send(new SessionCommand.Close(opened.channel()));
  }

  void onEvent(SessionEvent event) {
    switch (event) {
      case SessionEvent.RowDescription description -> {
        told = Told.DESCRIPTION;
        sink.description(description.frame());
      }
      case SessionEvent.Rows rows -> onRows(rows);
      case SessionEvent.CopyInReady ready -> {
        copyCredit = SessionCommand.INITIAL_CREDIT;
        told = Told.MORE;
        sink.copyIn(ready.frame());
      }
      case SessionEvent.CopyCredit credit -> {
        copyCredit += credit.chunks();
        sink.copyCredit();
      }
      case SessionEvent.CopyOutReady ready -> {
        copyingOut = true;
        told = Told.MORE;
        sink.copyOut(ready.frame());
      }
      case SessionEvent.Completed completed -> end(completed.statement(), completed.state(), event);
      case SessionEvent.Suspended suspended -> end(suspended.statement(), suspended.state(), event);
      case SessionEvent.Failed failed -> end(failed.statement(), failed.state(), event);
      case SessionEvent.Inspected inspected -> end(inspected.statement(), state, event);
      case SessionEvent.Hashed hashed -> end(hashed.statement(), state, event);
      case SessionEvent.CatalogLoaded loaded -> end(loaded.statement(), state, event);
      case SessionEvent.Notice(var id, var notice) ->
          listener.notice(new SessionEvent.Notice(id, OwnFrames.without(notice)));
      case SessionEvent.ParameterChanged parameter -> {
        if (parameter.name().equals(READ_ONLY_BY_DEFAULT)) {
          readOnlyByDefault = parameter.value();
        }
        listener.parameter(parameter);
      }
      case SessionEvent.Notification notification -> listener.notification(notification);
      case SessionEvent.Lost gone -> onLost(new SqlError(gone.error()));
    }
  }

  void onLost(SqlError error) {
    lost = Optional.of(error);
    var interrupted = running;
    running = Optional.empty();
    listener.lost(error);
    interrupted.ifPresent(statement -> statement.closing.fail(error));
  }

  private void onRows(SessionEvent.Rows rows) {
    owedCredit += rows.credit();
    told = Told.MORE;
    sink.rows(rows.frames());
    if (owedCredit >= CREDIT_STEP && !sink.full()) {
      grantCredit();
    }
  }

  private void end(long statement, State after, SessionEvent event) {
    state = after;
    if (running.isEmpty() || running.get().statement != statement) {
      return; // a statement that was given up
    }
    var closing = running.get().closing;
    if (copyingOut && event instanceof SessionEvent.Completed) {
      sink.rows(COPY_DONE);
    }
    copyingOut = false;
    running = Optional.empty();
    sink = NO_SINK;
    if (event instanceof SessionEvent.Failed failed) {
      closing.fail(new SqlError(OwnFrames.without(failed.error())));
    } else {
      closing.complete(event);
    }
  }

  private interface Ask {
    SessionCommand of(long statement);
  }

  private Future<SessionEvent> ask(ResultSink results, Ask command) {
    long statement = ++lastStatement;
    return run(statement, results, command.of(statement));
  }

  private Future<SessionEvent> run(long statement, ResultSink results, SessionCommand command) {
    if (lost.isPresent()) {
      return Future.failedFuture(lost.get());
    }
    if (running.isPresent()) {
      return Future.failedFuture(
          new SqlError(SqlState.INTERNAL_ERROR, "two statements at once on one channel"));
    }
    Promise<SessionEvent> closing = Promise.promise();
    running = Optional.of(new Running(statement, closing));
    told = Told.NOTHING;
    sink = results;
    send(command);
    return closing.future();
  }

  private void send(SessionCommand command) {
    if (lost.isEmpty()) {
      sender.accept(command);
    }
  }

  private static Outcome outcome(SessionEvent event) {
    return switch (event) {
      case SessionEvent.Completed completed -> new Outcome.Completed(completed.tag());
      case SessionEvent.Suspended suspended -> new Outcome.Suspended(suspended.statement());
      default ->
          throw new SqlError(ErrorFields.error(SqlState.INTERNAL_ERROR, "unexpected " + event));
    };
  }

  /** For commands that give no rows. */
  static final ResultSink NO_SINK = new SilentSink() {};
}
