package io.pgmesh.router.session;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.router.sql.CursorVerb;
import io.pgmesh.router.sql.Statement;
import io.pgmesh.router.wire.Backend;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;

/** FETCH, MOVE and CLOSE of portals that Bind has made, which no server knows by their names. */
final class PortalVerbs {
  private static final Buffer NO_DATA = Backend.CODECS.frame(new Backend.NoData());

  private final Statements statements;
  private final Portals portals;
  private final PortalRun runs;

  /**
   * What a statement's rows go to.
   *
   * @param describe whether they are described first
   * @param formats as in Bind
   */
  record Target(ResultSink sink, boolean describe, List<Integer> formats) {}

  PortalVerbs(Statements statements, Portals portals, PortalRun runs) {
    this.statements = statements;
    this.portals = portals;
    this.runs = runs;
  }

  /** Runs a statement that is about such a portal. */
  Optional<Future<Outcome>> run(Prepared statement, Target target) {
    if (!portals.hasNamed() || statements.transaction() == 'E') {
      return Optional.empty();
    }
    return switch (CursorVerb.of(statement.parsed().statement())) {
      case CursorVerb.Declare(var name, var binary, var holds) ->
          portal(name)
              .map(
                  there ->
                      failed(SqlState.DUPLICATE_CURSOR, "cursor \"" + name + "\" already exists"));
      case CursorVerb.Ahead ahead -> portal(ahead.name()).map(there -> ahead(there, ahead, target));
      case CursorVerb.Back(var name) -> portal(name).map(there -> back(there, name));
      case CursorVerb.Here here -> portal(here.name()).map(there -> here(there, here, target));
      case CursorVerb.Elsewhere(var name) -> portal(name).map(there -> elsewhere(there, name));
      case CursorVerb.Close(var name) -> portal(name).map(there -> close(there, name, target));
      case CursorVerb.CloseAll all -> {
        portals.dropNamed();
        yield Optional.empty(); // cursors of SQL are left
      }
      case CursorVerb.None none -> Optional.empty();
    };
  }

  private Optional<Portal> portal(String name) {
    return name.isEmpty() ? Optional.empty() : Optional.ofNullable(portals.get(name));
  }

  private Future<Outcome> ahead(Portal portal, CursorVerb.Ahead verb, Target target) {
    if (portal.progress() instanceof Portal.Progress.Failed) {
      return PortalRun.cannotRun(verb.name());
    }
    if (!verb.moves() && !portal.givesRows(target.formats)) {
      return failed(
          SqlState.FEATURE_NOT_SUPPORTED,
          "rows of a portal made by Bind cannot be fetched in several formats");
    }
    Future<Void> described = describe(portal, verb.moves(), target);
    var counted = new RowCount(verb.moves() ? ExecutorChannel.NO_SINK : target.sink);
    portal.describeAtExecute = false;
    return described
        .compose(
            done -> runs.advance(portal, new PortalRun.Step(verb.name(), verb.count(), counted)))
        .map(
            outcome -> new Outcome.Completed((verb.moves() ? "MOVE " : "FETCH ") + counted.rows()));
  }

  private Future<Void> describe(Portal portal, boolean moves, Target target) {
    if (!target.describe) {
      return Future.succeededFuture();
    }
    if (moves) {
      target.sink.description(NO_DATA);
      return Future.succeededFuture();
    }
    return runs.described(portal.named)
        .map(
            description -> {
              target.sink.description(description.rowDescription());
              return null;
            });
  }

  /** The row where it is would have to be read again. */
  private Future<Outcome> here(Portal portal, CursorVerb.Here verb, Target target) {
    boolean begins = portal.progress() instanceof Portal.Progress.Ready;
    if (begins && !(portal.named.statement().parsed().statement() instanceof Statement.Select)) {
      return elsewhere(portal, verb.name()); // it would do all of its changes
    }
    boolean onRow = portal.progress() instanceof Portal.Progress.Suspended;
    if (cannotRun(portal) || !verb.moves() && (onRow || verb.back())) {
      return back(portal, verb.name());
    }
    return describe(portal, verb.moves(), target)
        .map(done -> new Outcome.Completed(verb.moves() ? "MOVE " + (onRow ? 1 : 0) : "FETCH 0"));
  }

  private static Future<Outcome> back(Portal portal, String name) {
    if (cannotRun(portal)) {
      return PortalRun.cannotRun(name);
    }
    portal.fail();
    return Future.failedFuture(
        new SqlError(
            SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
            "cursor can only scan forward",
            "Declare it with SCROLL option to enable backward scan."));
  }

  private static Future<Outcome> elsewhere(Portal portal, String name) {
    return cannotRun(portal)
        ? PortalRun.cannotRun(name)
        : failed(
            SqlState.FEATURE_NOT_SUPPORTED,
            "FETCH and MOVE of a portal made by Bind go forward only");
  }

  private static boolean cannotRun(Portal portal) {
    return portal.active() || portal.progress() instanceof Portal.Progress.Failed;
  }

  private Future<Outcome> close(Portal portal, String name, Target target) {
    if (portal.active()) {
      return failed(SqlState.INVALID_CURSOR_STATE, "cannot drop active portal \"" + name + "\"");
    }
    portals.drop(name);
    if (target.describe) {
      target.sink.description(NO_DATA);
    }
    return Future.succeededFuture(new Outcome.Completed("CLOSE CURSOR"));
  }

  private static Future<Outcome> failed(SqlState state, String message) {
    return Future.failedFuture(new SqlError(state, message));
  }
}
