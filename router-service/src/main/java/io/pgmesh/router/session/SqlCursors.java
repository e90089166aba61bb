package io.pgmesh.router.session;

import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.router.session.Statements.Block;
import io.pgmesh.router.session.Statements.Run;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** Execute, Describe and Close of cursors that DECLARE has made, in the words of SQL. */
final class SqlCursors {
  private final Statements statements;
  private final Portals portals;

  SqlCursors(Statements statements, Portals portals) {
    this.statements = statements;
    this.portals = portals;
  }

  /** Whether there may be a cursor of this name, and it can be asked for. */
  boolean mayExist(String name) {
    return !name.isEmpty()
        && switch (statements.transaction()) {
          case 'T' -> true;
          case 'E' -> false;
          default -> portals.cursorsHold();
        };
  }

  /** What is as Execute of a portal: suspended where there may be more rows. */
  Future<Boolean> execute(String name, int maxRows, RowCount sink) {
    String count = maxRows > 0 ? String.valueOf(maxRows) : "ALL";
    return run("FETCH FORWARD " + count + " FROM " + Identifiers.quote(name), sink)
        .recover(cause -> Future.failedFuture(named(cause, name)))
        .map(done -> maxRows > 0 && sink.rows() == maxRows);
  }

  /** The RowDescription of its rows; fails where there is no such cursor. */
  Future<Buffer> describe(String name) {
    return described(name)
        .compose(
            frame ->
                RowDescriptions.isNoData(frame)
                    ? Future.failedFuture(absent(name))
                    : Future.succeededFuture(frame));
  }

  /** Closes it where it is there. */
  Future<Void> close(String name) {
    return described(name)
        .compose(
            frame ->
                RowDescriptions.isNoData(frame)
                    ? Future.<Void>succeededFuture()
                    : run("CLOSE " + Identifiers.quote(name), ExecutorChannel.NO_SINK)
                        .<Void>mapEmpty())
        .onSuccess(closed -> portals.cursorClosed(name));
  }

  private Future<Buffer> described(String name) {
    return statements
        .prepare("FETCH FORWARD 1 FROM " + Identifiers.quote(name), List.of())
        .compose(statements::describe)
        .map(Statements.Description::rowDescription);
  }

  private Future<Outcome> run(String sql, ResultSink sink) {
    return statements
        .prepare(sql, List.of())
        .compose(
            statement ->
                statements.run(statement, Arguments.NONE, new Run(0, false, Block.PIPELINE), sink));
  }

  private static SqlError named(Throwable cause, String name) {
    ErrorFields fields = SqlError.from(cause).fields();
    return fields.code().equals(SqlState.INVALID_CURSOR_NAME.code())
        ? absent(name)
        : new SqlError(fields.with(ErrorFields.POSITION, null));
  }

  static SqlError absent(String portal) {
    return new SqlError(SqlState.INVALID_CURSOR_NAME, "portal \"" + portal + "\" does not exist");
  }
}
