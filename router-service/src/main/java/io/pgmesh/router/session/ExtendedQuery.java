package io.pgmesh.router.session;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.router.session.NamedStatements.Named;
import io.pgmesh.router.session.NamedStatements.Origin;
import io.pgmesh.router.wire.Backend;
import io.pgmesh.router.wire.Frontend;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** Parse, Bind, Describe, Execute, Close: the prepared statements and portals of a client. */
final class ExtendedQuery {
  private final Statements statements;
  private final NamedStatements names;
  private final ClientOutput output;
  private final MessageQueue queue;
  private final ResultSink results;
  private final Portals portals;
  private final PortalRun runs;
  private final PortalVerbs verbs;
  private final SqlCursors cursors;

  ExtendedQuery(
      Statements statements,
      NamedStatements names,
      ClientOutput output,
      MessageQueue queue,
      ResultSink results) {
    this.statements = statements;
    this.names = names;
    this.output = output;
    this.queue = queue;
    this.results = results;
    this.portals = new Portals(statements);
    this.runs = new PortalRun(statements, names, queue, portals, this::ownResult);
    this.verbs = new PortalVerbs(statements, portals, runs);
    this.cursors = new SqlCursors(statements, portals);
  }

  Future<Void> parse(Frontend.Parse parse) {
    String name = parse.statement();
    if (name.isEmpty()) {
      names.dropUnnamed();
    }
    names.checkFree(name);
    return LongTexts.work(parse.sql(), () -> single(parse.sql()))
        .compose(piece -> prepare(piece, parse.types()))
        .compose(statement -> analyzed(statement, name))
        .map(
            statement -> {
              names.put(name, statement);
              output.message(new Backend.ParseComplete());
              return null;
            });
  }

  private SqlReader.Piece single(String sql) {
    List<SqlReader.Piece> pieces = statements.split(sql);
    if (pieces.size() > 1) {
      throw new SqlError(
          SqlState.SYNTAX_ERROR, "cannot insert multiple commands into a prepared statement");
    }
    return pieces.isEmpty() ? new SqlReader.Piece(0, "") : pieces.getFirst();
  }

  private Future<Named> prepare(SqlReader.Piece piece, List<Long> types) {
    return statements
        .prepare(piece.sql(), types)
        .map(statement -> new Named(statement, piece.offset(), Origin.PROTOCOL))
        .recover(cause -> Positions.moved(cause, piece.offset()));
  }

  /** Where it is bound next, what runs it tells its errors without a trip more. */
  private Future<Named> analyzed(Named named, String name) {
    return queue.nextBinds(name)
        ? Future.succeededFuture(named)
        : statements
            .analyze(named.statement())
            .map(named)
            .recover(cause -> Positions.moved(cause, named.offset()));
  }

  Future<Void> bind(Frontend.Bind bind) {
    var found = names.get(bind.statement());
    if (found.isEmpty()) {
      return failed(
          SqlState.INVALID_SQL_STATEMENT_NAME,
          bind.statement().isEmpty()
              ? "unnamed prepared statement does not exist"
              : "prepared statement \"" + bind.statement() + "\" does not exist");
    }
    var statement = found.get();
    if (!bind.portal().isEmpty() && portals.has(bind.portal())) {
      return failed(SqlState.DUPLICATE_CURSOR, "cursor \"" + bind.portal() + "\" already exists");
    }
    if (bind.formats().size() > 1 && bind.formats().size() != bind.values().size()) {
      return failed(
          SqlState.PROTOCOL_VIOLATION,
          "bind message has %d parameter formats but %d parameters"
              .formatted(bind.formats().size(), bind.values().size()));
    }
    int expected = statement.statement().parameters().orElse(bind.values().size());
    if (expected != bind.values().size()) {
      return failed(
          SqlState.PROTOCOL_VIOLATION,
          "bind message supplies %d parameters, but prepared statement \"%s\" requires %d"
              .formatted(bind.values().size(), bind.statement(), expected));
    }
    var strange = bind.formats().stream().filter(format -> format != 0 && format != 1).findFirst();
    if (strange.isPresent() && !bind.values().isEmpty()) {
      return failed(
          SqlState.INVALID_PARAMETER_VALUE,
          "unsupported format code: " + strange.get().shortValue());
    }
    portals.drop(bind.portal());
    portals.put(
        bind.portal(), new Portal(statement, bind.formats(), bind.values(), bind.resultFormats()));
    output.message(new Backend.BindComplete());
    return Future.succeededFuture();
  }

  Future<Void> describe(Frontend.Describe describe) {
    return switch (describe.target()) {
      case STATEMENT -> describeStatement(describe.name());
      case PORTAL -> describePortal(describe.name());
    };
  }

  private Future<Void> describeStatement(String name) {
    var statement = names.get(name);
    if (statement.isEmpty()) {
      return failed(
          SqlState.INVALID_SQL_STATEMENT_NAME,
          "prepared statement \"" + name + "\" does not exist");
    }
    return runs.described(statement.get())
        .map(
            description -> {
              output.message(new Backend.ParameterDescription(description.types()));
              output.frames(description.rowDescription());
              return null;
            });
  }

  private Future<Void> describePortal(String name) {
    var portal = portals.get(name);
    if (portal == null) {
      return describeCursor(name);
    }
    if (portal.progress() instanceof Portal.Progress.Ready
        && !statements.described(portal.named.statement())
        && (statements.executesWhatItDescribes() || queue.nextExecutes(name))) {
      portal.describeAtExecute = true; // the server describes what it runs: one trip less
      return Future.succeededFuture();
    }
    return runs.described(portal.named)
        .map(
            description -> {
              output.frames(
                  RowDescriptions.withFormats(description.rowDescription(), portal.resultFormats));
              return null;
            });
  }

  private Future<Void> describeCursor(String name) {
    return cursors.mayExist(name)
        ? cursors.describe(name).onSuccess(output::frames).mapEmpty()
        : Future.failedFuture(SqlCursors.absent(name));
  }

  Future<Void> execute(Frontend.Execute execute) {
    var portal = portals.get(execute.portal());
    int maxRows = Math.max(execute.maxRows(), 0);
    if (portal == null) {
      return executeCursor(execute.portal(), maxRows);
    }
    if (!portal.givesRows(portal.resultFormats)) {
      return failed(
          SqlState.FEATURE_NOT_SUPPORTED,
          "rows of a portal made by Bind cannot be fetched in several formats");
    }
    char before = statements.transaction();
    return runs.advance(portal, new PortalRun.Step(execute.portal(), maxRows, results))
        .map(
            outcome -> {
              if (before != 'I') {
                dropPortalsOutsideTransaction();
              }
              answer(portal.named.statement(), outcome);
              return null;
            });
  }

  private Future<Void> executeCursor(String name, int maxRows) {
    if (!cursors.mayExist(name)) {
      return Future.failedFuture(SqlCursors.absent(name));
    }
    var counted = new RowCount(results);
    return cursors
        .execute(name, maxRows, counted)
        .map(
            more -> {
              output.message(
                  more
                      ? new Backend.PortalSuspended()
                      : new Backend.CommandComplete("SELECT " + counted.rows()));
              return null;
            });
  }

  private void answer(Prepared statement, Outcome outcome) {
    switch (outcome) {
      case Outcome.Suspended suspended -> output.message(new Backend.PortalSuspended());
      case Outcome.Completed(String tag) -> {
        ran(statement, tag);
        output.message(
            tag.isEmpty() ? new Backend.EmptyQueryResponse() : new Backend.CommandComplete(tag));
      }
    }
  }

  Future<Void> close(Frontend.Close close) {
    Future<Void> closed =
        switch (close.target()) {
          case STATEMENT -> names.close(close.name());
          case PORTAL -> closePortal(close.name());
        };
    return closed.onSuccess(done -> output.message(new Backend.CloseComplete()));
  }

  private Future<Void> closePortal(String name) {
    if (!portals.has(name) && cursors.mayExist(name)) {
      return cursors.close(name);
    }
    portals.drop(name);
    return Future.succeededFuture();
  }

  /** A Sync ended the implicit transaction, if there was one. */
  void synced() {
    dropPortalsOutsideTransaction();
  }

  /** A simple query takes the place of the unnamed statement and portal. */
  void dropUnnamed() {
    names.dropUnnamed();
    portals.drop("");
  }

  /** Portals end with their transaction. */
  void dropPortalsOutsideTransaction() {
    if (statements.transaction() == 'I') {
      portals.transactionEnded();
    }
  }

  /** What a statement that has run, in either protocol, means for what Bind has made. */
  void ran(Prepared statement, String tag) {
    switch (tag) {
      case "SAVEPOINT",
          "RELEASE",
          "ROLLBACK",
          "COMMIT",
          "DECLARE CURSOR",
          "CLOSE CURSOR",
          "CLOSE CURSOR ALL" ->
          portals.ran(statement.parsed().statement());
      default -> {}
    }
  }

  /** The result of a statement that is about a portal. */
  Optional<Future<Outcome>> ownResult(Prepared statement, PortalVerbs.Target target) {
    return verbs.run(statement, target);
  }

  /** What a query message is run with. */
  Arguments argumentsOfQuery(Prepared statement) {
    return portals.isBinary(statement)
        ? Arguments.NONE.withResultFormats(List.of(1))
        : Arguments.NONE;
  }

  private static <T> Future<T> failed(SqlState state, String message) {
    return Future.failedFuture(new SqlError(state, message));
  }
}
