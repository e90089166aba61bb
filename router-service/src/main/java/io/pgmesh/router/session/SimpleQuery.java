package io.pgmesh.router.session;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.router.session.Statements.Block;
import io.pgmesh.router.session.Statements.Run;
import io.pgmesh.router.wire.Backend;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;

/** A Query message: its statements one behind the other, in one implicit transaction if several. */
final class SimpleQuery {
  private final Statements statements;
  private final ClientOutput output;
  private final NamedStatements names;
  private final ExtendedQuery extended;
  private final ResultSink results;

  SimpleQuery(
      Statements statements,
      NamedStatements names,
      ClientOutput output,
      ExtendedQuery extended,
      ResultSink results) {
    this.statements = statements;
    this.names = names;
    this.output = output;
    this.extended = extended;
    this.results = results;
  }

  /** Never fails: the client is told. ReadyForQuery is the caller's. */
  Future<Void> run(String sql) {
    extended.dropUnnamed();
    return LongTexts.work(sql, () -> statements.split(sql))
        .compose(pieces -> checkSyntax(sql, pieces))
        .compose(this::runAll)
        .recover(this::refuse)
        .onComplete(done -> extended.dropPortalsOutsideTransaction());
  }

  /** Tells the client of an error of a whole message. */
  Future<Void> refuse(Throwable cause) {
    output.error(SqlError.from(cause).fields());
    statements.failed();
    return statements.endBlock().otherwiseEmpty();
  }

  /** As in PostgreSQL, nothing runs where any of several statements cannot be parsed. */
  private Future<List<SqlReader.Piece>> checkSyntax(String sql, List<SqlReader.Piece> pieces) {
    return pieces.size() > 1
        ? statements.checkSyntax(sql).map(pieces)
        : Future.succeededFuture(pieces);
  }

  private Future<Void> runAll(List<SqlReader.Piece> pieces) {
    if (pieces.isEmpty()) {
      output.message(new Backend.EmptyQueryResponse());
      return Future.succeededFuture();
    }
    Promise<Void> done = Promise.promise(); // a chain of thousands of futures would be deep
    runFrom(pieces, 0, done);
    return done.future();
  }

  private void runFrom(List<SqlReader.Piece> pieces, int index, Promise<Void> done) {
    boolean last = index == pieces.size() - 1;
    runOne(pieces.get(index), pieces.size() > 1, last)
        .onComplete(
            result -> {
              if (result.failed()) {
                done.fail(result.cause());
              } else if (last) {
                done.complete();
              } else {
                runFrom(pieces, index + 1, done);
              }
            });
  }

  private Future<Void> runOne(SqlReader.Piece piece, boolean several, boolean last) {
    // The last statement needs a block of its own only if it would end one that is open.
    var how = new Run(0, true, several && !last ? Block.MESSAGE : Block.ALONE);
    return SimpleParameters.refuse(statements, piece.sql())
        .compose(
            statement ->
                run(statement, how)
                    .onSuccess(
                        outcome -> extended.ran(statement, ((Outcome.Completed) outcome).tag())))
        .recover(cause -> Positions.moved(cause, piece.offset()))
        // As in PostgreSQL the last statement is complete when its transaction is.
        .compose(
            outcome -> last ? statements.endBlock().map(outcome) : Future.succeededFuture(outcome))
        .map(
            outcome -> {
              completed(((Outcome.Completed) outcome).tag());
              return null;
            });
  }

  private Future<Outcome> run(Prepared statement, Run how) {
    var sink = Redescribed.withoutNoData(results);
    Arguments arguments = extended.argumentsOfQuery(statement);
    var target = new PortalVerbs.Target(sink, true, arguments.resultFormats());
    return extended
        .ownResult(statement, target)
        .orElseGet(() -> names.run(new Call(statement, arguments, how, sink)));
  }

  private void completed(String tag) {
    output.message(
        tag.isEmpty() ? new Backend.EmptyQueryResponse() : new Backend.CommandComplete(tag));
  }
}
