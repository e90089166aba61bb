package io.pgmesh.router.session;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.router.session.Statements.Block;
import io.pgmesh.router.session.Statements.Description;
import io.pgmesh.router.session.Statements.Run;
import io.pgmesh.router.sql.CursorVerb;
import io.pgmesh.router.sql.Statement;
import io.pgmesh.router.wire.Backend;
import io.vertx.core.Future;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Takes portals forward, by Execute, and by FETCH and MOVE. */
final class PortalRun {
  private static final Description NO_ROWS =
      new Description(List.of(), Backend.CODECS.frame(new Backend.NoData()));
  private static final Pattern LAST_NUMBER = Pattern.compile("\\d+$");

  private final Statements statements;
  private final NamedStatements names;
  private final MessageQueue queue;
  private final Portals portals;
  private final OwnStatements own;

  /** Statements that no server can run, since it does not know the portals that they name. */
  interface OwnStatements {
    Optional<Future<Outcome>> run(Prepared statement, PortalVerbs.Target target);
  }

  /**
   * @param maxRows 0 for all that are left
   */
  record Step(String portal, int maxRows, ResultSink sink) {}

  PortalRun(
      Statements statements,
      NamedStatements names,
      MessageQueue queue,
      Portals portals,
      OwnStatements own) {
    this.statements = statements;
    this.names = names;
    this.queue = queue;
    this.portals = portals;
    this.own = own;
  }

  Future<Statements.Description> described(NamedStatements.Named named) {
    var seen = new HashSet<Portal>();
    NamedStatements.Named rows = named;
    for (var from = rowsOfPortal(rows); from.isPresent(); from = rowsOfPortal(rows)) {
      if (!seen.add(from.get())) {
        return Future.succeededFuture(NO_ROWS); // it fetches its own
      }
      rows = from.get().named;
    }
    int offset = rows.offset();
    return names
        .describe(rows.statement())
        .map(found -> seen.isEmpty() ? found : new Description(List.of(), found.rowDescription()))
        .recover(cause -> Positions.moved(cause, offset));
  }

  /** The portal whose rows FETCH gives. */
  private Optional<Portal> rowsOfPortal(NamedStatements.Named fetch) {
    return portals.hasNamed()
        ? switch (CursorVerb.of(fetch.statement().parsed().statement())) {
          case CursorVerb.Ahead(var name, var moves, var count) when !moves ->
              Optional.ofNullable(portals.get(name));
          case CursorVerb.Here(var name, var moves, var back) when !moves ->
              Optional.ofNullable(portals.get(name));
          default -> Optional.empty();
        }
        : Optional.empty();
  }

  /** Fails the portal where that fails, unless it is on its way already. */
  Future<Outcome> advance(Portal portal, Step step) {
    if (statements.transaction() == 'E' && mindsTransaction(portal)) {
      return Future.failedFuture(OpenTransaction.aborted());
    }
    if (portal.active()) {
      return cannotRun(step.portal);
    }
    portal.active(true);
    return Future.succeededFuture(portal)
        .compose(ready -> run(ready, step))
        .onComplete(done -> portal.active(false))
        .recover(cause -> Positions.moved(gone(cause, step.portal), portal.named.offset()))
        .onSuccess(portal::advance)
        .onFailure(cause -> portal.fail());
  }

  private static boolean mindsTransaction(Portal portal) {
    return switch (portal.progress()) {
      case Portal.Progress.Ready ready -> false; // what it runs may end the transaction
      case Portal.Progress.Completed(String tag) -> !tag.isEmpty();
      case Portal.Progress.Suspended suspended -> true;
      case Portal.Progress.Failed failed -> true;
    };
  }

  private Future<Outcome> run(Portal portal, Step step) {
    return switch (portal.progress()) {
      case Portal.Progress.Ready() -> start(portal, step);
      case Portal.Progress.Suspended(long statement) -> resume(statement, step);
      case Portal.Progress.Completed(String tag) when tag.isEmpty() ->
          Future.succeededFuture(new Outcome.Completed(tag));
      case Portal.Progress.Completed(String tag) -> again(portal, tag, step.portal);
      case Portal.Progress.Failed() -> cannotRun(step.portal);
    };
  }

  /** The tag counts the rows that come now, those of earlier parts no more. */
  private Future<Outcome> resume(long statement, Step step) {
    var counted = new RowCount(step.sink);
    return statements
        .resume(statement, step.maxRows, counted)
        .map(
            outcome ->
                outcome instanceof Outcome.Completed(String tag)
                    ? new Outcome.Completed(withCount(tag, counted.rows()))
                    : outcome);
  }

  private static String withCount(String tag, long rows) {
    return LAST_NUMBER.matcher(tag).replaceFirst(Long.toString(rows));
  }

  /** The executor has names of its own for portals. */
  private static Throwable gone(Throwable cause, String portal) {
    return SqlError.from(cause).fields().code().equals(SqlState.INVALID_CURSOR_NAME.code())
            && SqlError.from(cause).fields().message().startsWith("portal ")
        ? new SqlError(SqlState.INVALID_CURSOR_NAME, "portal \"" + portal + "\" does not exist")
        : cause;
  }

  /** What has rows has no more of them; anything else runs once. */
  private Future<Outcome> again(Portal portal, String tag, String name) {
    return described(portal.named)
        .compose(
            description ->
                RowDescriptions.isNoData(description.rowDescription())
                    ? cannotRun(name)
                    : Future.succeededFuture(new Outcome.Completed(withCount(tag, 0))));
  }

  static Future<Outcome> cannotRun(String portal) {
    return Future.failedFuture(
        new SqlError(
            SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, "portal \"" + portal + "\" cannot be run"));
  }

  private Future<Outcome> start(Portal portal, Step step) {
    // drivers ask for one row at most where they want none
    boolean ofNone = step.maxRows > 0 && givesNoRows(portal.named.statement());
    int maxRows = ofNone ? 0 : step.maxRows;
    boolean alone = maxRows == 0 && !statements.inBlock() && queue.syncsNext();
    var how = new Run(maxRows, portal.describeAtExecute, alone ? Block.ALONE : Block.PIPELINE);
    ResultSink sink = portal.describeAtExecute ? describedFor(portal, step.sink) : step.sink;
    Prepared statement = portal.named.statement();
    var target = new PortalVerbs.Target(sink, how.describe(), portal.resultFormats);
    return own.run(statement, target)
        .orElseGet(() -> names.run(new Call(statement, portal.arguments(), how, sink)));
  }

  private static boolean givesNoRows(Prepared statement) {
    return switch (statement.parsed().statement()) {
      case Statement.Insert(var text) -> !text.contains("returning");
      case Statement.Update(var text) -> !text.contains("returning");
      case Statement.Delete(var text) -> !text.contains("returning");
      default -> false;
    };
  }

  /** The row description that comes with the rows is the answer to Describe. */
  private static ResultSink describedFor(Portal portal, ResultSink sink) {
    return new Redescribed(
        sink, frame -> Optional.of(RowDescriptions.withFormats(frame, portal.resultFormats)));
  }
}
