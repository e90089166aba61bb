package io.pgmesh.executor.run;

import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.KeptRows;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Frames;
import io.pgmesh.executor.worker.Listener;
import io.vertx.core.Future;
import java.util.List;

/**
 * A query of the coordinator database over shards, whose rows the client takes in parts: a
 * scrolling cursor of SQL, since {@link OpenCursors} can read it ahead, which it cannot do to a
 * portal.
 */
final class CursorPortal implements Portal {
  private final Participant coordinator;
  private final String name;
  private final Arguments formats;

  private CursorPortal(Participant coordinator, String name, Arguments formats) {
    this.coordinator = coordinator;
    this.name = name;
    this.formats = formats;
  }

  static Future<Portal> open(Participant coordinator, SqlText query, Execution run) {
    String name = run.session().newName("cursor");
    // places in errors become those of the query's own text, as a portal's are
    SqlText declaration =
        KeptRows.of(SqlText.unchanged(query.text()))
            .within("DECLARE " + name + " SCROLL CURSOR FOR ", "");
    var formats = new Arguments(List.of(), List.of(), List.of(), run.arguments().resultFormats());
    coordinator.enter(Participant.Mode.CLIENT);
    Frames frames = new Frames().run(declaration.text(), run.withTextRows().arguments());
    return Flight.extended(coordinator.connection(), frames, Listener.NONE)
        .future()
        .onSuccess(declared -> run.transaction().cursorDeclared())
        .map((Portal) new CursorPortal(coordinator, name, formats))
        .recover(cause -> Future.failedFuture(ErrorMapping.ofText(declaration, cause)));
  }

  @Override
  public Future<Part> fetch(int maxRows, boolean describe, Listener listener) {
    coordinator.enter(Participant.Mode.CLIENT);
    String count = maxRows == 0 ? "ALL" : String.valueOf(maxRows);
    var frames = new Frames();
    frames.parse("", "FETCH " + count + " FROM " + name, formats).bind("", "", formats);
    if (describe) {
      frames.describePortal("");
    }
    frames.execute("", 0);
    return Flight.extended(coordinator.connection(), frames, listener)
        .future()
        .map(outcome -> part(Tags.count(outcome.lastTag()), maxRows))
        .compose(part -> part.done() ? close().map(part) : Future.succeededFuture(part));
  }

  private static Part part(long rows, int maxRows) {
    return maxRows > 0 && rows == maxRows
        ? new Part(rows, false, "")
        : new Part(rows, true, "SELECT " + rows);
  }

  @Override
  public Future<Void> close() {
    if (coordinator.connection().closed() || coordinator.connection().status() != 'T') {
      return Future.succeededFuture();
    }
    // as a portal: that a savepoint has taken it away is no error then
    return Flight.extended(coordinator.connection(), new Frames().closePortal(name), Listener.NONE)
        .future()
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }
}
