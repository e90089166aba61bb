package io.pgmesh.router.session;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.router.session.NamedStatements.Named;
import io.pgmesh.router.session.NamedStatements.Origin;
import io.pgmesh.router.session.Statements.Block;
import io.pgmesh.router.session.Statements.Run;
import io.pgmesh.router.wire.Backend;
import io.pgmesh.router.wire.Frontend;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Parse, Bind, Describe, Execute, Close: the prepared statements and portals of a client. */
final class ExtendedQuery {
  private static final byte ROW_DESCRIPTION = 'T';
  private static final Pattern LAST_NUMBER = Pattern.compile("\\d+$");

  private final Statements statements;
  private final NamedStatements names;
  private final ClientOutput output;
  private final MessageQueue queue;
  private final ResultSink results;
  private final Map<String, Portal> portals = new HashMap<>(4);

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
  }

  Future<Void> parse(Frontend.Parse parse) {
    String name = parse.statement();
    if (name.isEmpty()) {
      names.dropUnnamed();
    }
    names.checkFree(name);
    return Future.succeededFuture(parse.sql())
        .map(this::single)
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
    if (!bind.portal().isEmpty() && portals.containsKey(bind.portal())) {
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
    dropPortal(bind.portal());
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
    return described(statement.get())
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
      return failed(SqlState.INVALID_CURSOR_NAME, "portal \"" + name + "\" does not exist");
    }
    if (portal.progress() instanceof Portal.Progress.Ready
        && !statements.described(portal.named.statement())
        && (statements.executesWhatItDescribes() || queue.nextExecutes(name))) {
      portal.describeAtExecute = true; // the server describes what it runs: one trip less
      return Future.succeededFuture();
    }
    return described(portal.named)
        .map(
            description -> {
              output.frames(
                  RowDescriptions.withFormats(description.rowDescription(), portal.resultFormats));
              return null;
            });
  }

  private Future<Statements.Description> described(Named named) {
    return names
        .describe(named.statement())
        .recover(cause -> Positions.moved(cause, named.offset()));
  }

  Future<Void> execute(Frontend.Execute execute) {
    var portal = portals.get(execute.portal());
    if (portal == null) {
      return failed(
          SqlState.INVALID_CURSOR_NAME, "portal \"" + execute.portal() + "\" does not exist");
    }
    char before = statements.transaction();
    return advance(portal, execute)
        .recover(cause -> Positions.moved(cause, portal.named.offset()))
        .onFailure(cause -> portal.fail())
        .map(
            outcome -> {
              portal.advance(outcome);
              if (before != 'I') {
                dropPortalsOutsideTransaction();
              }
              answer(outcome);
              return null;
            });
  }

  private Future<Outcome> advance(Portal portal, Frontend.Execute execute) {
    int maxRows = Math.max(execute.maxRows(), 0);
    return switch (portal.progress()) {
      case Portal.Progress.Ready() -> start(portal, maxRows);
      case Portal.Progress.Suspended(long statement) ->
          unlessAborted().compose(well -> statements.resume(statement, maxRows, results));
      case Portal.Progress.Completed(String tag) when tag.isEmpty() ->
          Future.succeededFuture(new Outcome.Completed(tag));
      case Portal.Progress.Completed(String tag) ->
          unlessAborted().compose(well -> again(portal, tag, execute.portal()));
      case Portal.Progress.Failed() -> unlessAborted().compose(well -> cannotRun(execute.portal()));
    };
  }

  private Future<Void> unlessAborted() {
    return statements.transaction() == 'E'
        ? Future.failedFuture(OpenTransaction.aborted())
        : Future.succeededFuture();
  }

  /** What has rows has no more of them; anything else runs once. */
  private Future<Outcome> again(Portal portal, String tag, String name) {
    return described(portal.named)
        .compose(
            description ->
                description.rowDescription().getByte(0) == ROW_DESCRIPTION
                    ? Future.succeededFuture(
                        new Outcome.Completed(LAST_NUMBER.matcher(tag).replaceFirst("0")))
                    : cannotRun(name));
  }

  private static Future<Outcome> cannotRun(String portal) {
    return failed(
        SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, "portal \"" + portal + "\" cannot be run");
  }

  private Future<Outcome> start(Portal portal, int maxRows) {
    boolean alone = maxRows == 0 && !statements.inBlock() && queue.syncsNext();
    var how = new Run(maxRows, portal.describeAtExecute, alone ? Block.ALONE : Block.PIPELINE);
    return names.run(
        new Call(
            portal.named.statement(),
            portal.arguments(),
            how,
            portal.describeAtExecute ? describedFor(portal) : results));
  }

  private void answer(Outcome outcome) {
    switch (outcome) {
      case Outcome.Suspended suspended -> output.message(new Backend.PortalSuspended());
      case Outcome.Completed(String tag) ->
          output.message(
              tag.isEmpty() ? new Backend.EmptyQueryResponse() : new Backend.CommandComplete(tag));
    }
  }

  Future<Void> close(Frontend.Close close) {
    Future<Void> closed =
        switch (close.target()) {
          case STATEMENT -> names.close(close.name());
          case PORTAL -> {
            dropPortal(close.name());
            yield Future.succeededFuture();
          }
        };
    return closed.onSuccess(done -> output.message(new Backend.CloseComplete()));
  }

  /** A Sync ended the implicit transaction, if there was one. */
  void synced() {
    dropPortalsOutsideTransaction();
  }

  /** A simple query takes the place of the unnamed statement and portal. */
  void dropUnnamed() {
    names.dropUnnamed();
    dropPortal("");
  }

  /** Portals end with their transaction. */
  void dropPortalsOutsideTransaction() {
    if (statements.transaction() == 'I' && !portals.isEmpty()) {
      List.copyOf(portals.keySet()).forEach(this::dropPortal);
    }
  }

  private void dropPortal(String name) {
    var portal = portals.remove(name);
    if (portal != null && portal.progress() instanceof Portal.Progress.Suspended(long statement)) {
      statements.closeStatement(statement);
    }
  }

  private static <T> Future<T> failed(SqlState state, String message) {
    return Future.failedFuture(new SqlError(state, message));
  }

  /** The row description that comes with the rows is the answer to Describe. */
  private ResultSink describedFor(Portal portal) {
    return new Redescribed(
        results, frame -> Optional.of(RowDescriptions.withFormats(frame, portal.resultFormats)));
  }
}
