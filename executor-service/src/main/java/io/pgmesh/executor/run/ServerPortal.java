package io.pgmesh.executor.run;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Frames;
import io.pgmesh.executor.worker.Listener;
import io.vertx.core.Future;
import java.util.function.Function;

/** A named portal on one server, inside its transaction block. */
final class ServerPortal implements Portal {
  private final Participant participant;
  private final Participant.Mode mode;
  private final String name;
  private final Function<Throwable, SqlError> errors;

  private ServerPortal(
      Participant participant,
      Participant.Mode mode,
      String name,
      Function<Throwable, SqlError> errors) {
    this.participant = participant;
    this.mode = mode;
    this.name = name;
    this.errors = errors;
  }

  /** Opens it: its snapshot is that of now. */
  static Future<Portal> open(
      Participant participant,
      Participant.Mode mode,
      String name,
      SqlText sql,
      Arguments arguments,
      Function<Throwable, SqlError> errors) {
    participant.enter(mode);
    Frames frames = new Frames().parse("", sql.text(), arguments).bind(name, "", arguments);
    var portal = new ServerPortal(participant, mode, name, errors);
    return Flight.extended(participant.connection(), frames, Listener.NONE)
        .future()
        .map((Portal) portal)
        .recover(cause -> Future.failedFuture(errors.apply(cause)));
  }

  @Override
  public Future<Part> fetch(int maxRows, boolean describe, Listener listener) {
    participant.enter(mode);
    var frames = new Frames();
    if (describe) {
      frames.describePortal(name);
    }
    frames.execute(name, maxRows);
    var counted = new CountedRows(listener);
    return Flight.extended(participant.connection(), frames, counted)
        .future()
        .map(outcome -> part(outcome, counted.rows()))
        .recover(cause -> Future.failedFuture(errors.apply(cause)));
  }

  /** The tag does not tell the rows that came: it counts changed rows that nobody gets, too. */
  private static Part part(Flight.Outcome outcome, long rows) {
    return outcome.suspended()
        ? new Part(rows, false, "")
        : new Part(rows, true, outcome.lastTag());
  }

  @Override
  public Future<Void> write() {
    participant.enter(mode);
    var move = "MOVE FORWARD 0 IN \"" + name + '"';
    var frames = new Frames().parse("", move, Arguments.NONE).bind("", "", Arguments.NONE);
    return Flight.extended(participant.connection(), frames.execute("", 0), Listener.NONE)
        .future()
        .<Void>mapEmpty()
        .recover(cause -> Future.failedFuture(errors.apply(cause)));
  }

  @Override
  public Future<Void> close() {
    if (participant.connection().closed() || participant.connection().status() != 'T') {
      return Future.succeededFuture();
    }
    return Flight.extended(participant.connection(), new Frames().closePortal(name), Listener.NONE)
        .future()
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }
}
