package io.pgmesh.router.session;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.router.sql.Phrase;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The coordinator database calling back through postgres_fdw. Its backend works for one client
 * after the other, so each of its transactions is attached anew to the session that the backend
 * works for.
 */
final class LoopbackSession implements Statements {
  private final SqlSession.Parts parts;
  private final ExecutorHub hub;
  private final ChannelListener listener;
  private final int backendPid;
  private Optional<SqlSession> attached = Optional.empty();

  /** What postgres_fdw sends besides queries. */
  private enum Kind {
    /** The same constants at every connection: the executor knows them. */
    SETTING,
    BEGIN,
    END,
    DEALLOCATE,
    WORKER_CALLS,
    ESTIMATE,
    QUERY
  }

  LoopbackSession(
      SqlSession.Parts parts, ExecutorHub hub, ChannelListener listener, int backendPid) {
    this.parts = parts;
    this.hub = hub;
    this.listener = listener;
    this.backendPid = backendPid;
  }

  private static Kind kind(String sql) {
    return switch (sql.strip().split("[\\s;]", 2)[0].toUpperCase(Locale.ROOT)) {
      case "SET" -> Kind.SETTING;
      case "START", "BEGIN" -> Kind.BEGIN;
      case "COMMIT", "ABORT", "END" -> Kind.END;
      case "DEALLOCATE" -> Kind.DEALLOCATE;
      case "INSERT" -> WorkerCallInsert.matches(sql) ? Kind.WORKER_CALLS : Kind.QUERY;
      case "EXPLAIN" -> Kind.ESTIMATE;
      default -> Kind.QUERY;
    };
  }

  @Override
  public List<SqlReader.Piece> split(String sql) {
    return parts.reader().split(sql);
  }

  @Override
  public Future<Prepared> prepare(String sql, List<Long> types) {
    return kind(sql) == Kind.QUERY
        ? session().compose(session -> session.prepare(sql, types))
        : Future.succeededFuture(
            new Prepared(Phrase.of(sql, List.of()), types, new Prepared.Like(), parts.reader()));
  }

  @Override
  public Future<Description> describe(Prepared statement) {
    return kind(statement.sql()) == Kind.WORKER_CALLS
        ? Future.succeededFuture(WorkerCallInsert.DESCRIPTION)
        : session().compose(session -> session.describe(statement));
  }

  @Override
  public boolean described(Prepared statement) {
    return kind(statement.sql()) == Kind.WORKER_CALLS
        || attached.isPresent() && attached.get().described(statement);
  }

  /** Names of the loopback mean nothing to PostgreSQL, so only running it describes a query. */
  @Override
  public boolean executesWhatItDescribes() {
    return true;
  }

  @Override
  public Future<Outcome> run(Prepared statement, Arguments arguments, Run how, ResultSink sink) {
    return switch (kind(statement.sql())) {
      case SETTING -> done("SET");
      case DEALLOCATE -> done("DEALLOCATE ALL"); // one by name never comes this far
      case BEGIN -> attach();
      case END -> end(statement, sink);
      case WORKER_CALLS -> callWorkers(arguments, sink);
      case ESTIMATE -> estimate(statement.sql(), sink);
      case QUERY ->
          session()
              .compose(
                  session ->
                      session.run(
                          statement,
                          arguments,
                          new Run(how.maxRows(), how.describe(), Block.ALONE),
                          sink));
    };
  }

  private static Future<Outcome> done(String tag) {
    return Future.succeededFuture(new Outcome.Completed(tag));
  }

  private static Future<Outcome> estimate(String sql, ResultSink sink) {
    sink.description(ScanEstimate.DESCRIPTION);
    sink.rows(ScanEstimate.row(sql));
    return done("EXPLAIN");
  }

  private Future<SqlSession> session() {
    return attached
        .map(Future::succeededFuture)
        .orElseGet(
            () ->
                Future.failedFuture(
                    new SqlError(
                        SqlState.NO_ACTIVE_SQL_TRANSACTION,
                        "the loopback runs statements in transactions only")));
  }

  private Future<Outcome> attach() {
    detach();
    return hub.attach(backendPid, listener)
        .compose(
            channel -> {
              attached = Optional.of(new SqlSession(parts, channel, true));
              return done("START TRANSACTION");
            });
  }

  private Future<Outcome> end(Prepared statement, ResultSink sink) {
    if (attached.isEmpty()) {
      return done("ROLLBACK");
    }
    var session = attached.get();
    return session
        .prepare(statement.sql(), List.of())
        .compose(
            prepared -> session.run(prepared, Arguments.NONE, new Run(0, false, Block.ALONE), sink))
        .onComplete(ended -> detach());
  }

  private Future<Outcome> callWorkers(Arguments arguments, ResultSink sink) {
    if (WorkerCallInsert.carriesCatalog(arguments)) {
      return session().compose(session -> adoptCatalog(session, arguments, sink));
    }
    return session()
        .compose(
            session ->
                session.runPlan(
                    WorkerCallInsert.plan(arguments, parts.catalogs().newest()),
                    Arguments.NONE,
                    0,
                    sink));
  }

  private static Future<Outcome> adoptCatalog(
      SqlSession session, Arguments arguments, ResultSink sink) {
    session.adopt(WorkerCallInsert.catalog(arguments));
    sink.rows(WorkerCallInsert.NO_CALLS);
    return done("INSERT 0 1");
  }

  private void detach() {
    attached.ifPresent(SqlSession::close);
    attached = Optional.empty();
  }

  @Override
  public Future<Outcome> resume(long statement, int maxRows, ResultSink sink) {
    return session().compose(session -> session.resume(statement, maxRows, sink));
  }

  @Override
  public void closeStatement(long statement) {
    attached.ifPresent(session -> session.closeStatement(statement));
  }

  @Override
  public boolean inBlock() {
    return false;
  }

  @Override
  public Future<Void> endBlock() {
    return Future.succeededFuture();
  }

  @Override
  public void failed() {} // the backend's own transaction fails with it

  /** postgres_fdw's view: its transaction lasts from its START to its COMMIT or ABORT. */
  @Override
  public char transaction() {
    return attached.map(session -> session.transaction() == 'E' ? 'E' : 'T').orElse('I');
  }

  @Override
  public int copyCredit() {
    return 0;
  }

  @Override
  public void copyData(Buffer chunk) {}

  @Override
  public void copyDone() {}

  @Override
  public void copyFail(String reason) {}

  @Override
  public void grantCredit() {
    attached.ifPresent(SqlSession::grantCredit);
  }

  @Override
  public void cancel() {
    attached.ifPresent(SqlSession::cancel);
  }

  @Override
  public void close() {
    detach();
  }
}
