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
    return Flight.extended(participant.connection(), frames, listener)
        .future()
        .map(outcome -> part(outcome, maxRows))
        .recover(cause -> Future.failedFuture(errors.apply(cause)));
  }

  private static Part part(Flight.Outcome outcome, int maxRows) {
    return outcome.suspended()
        ? new Part(maxRows, false, "")
        : new Part(Tags.count(outcome.lastTag()), true, outcome.lastTag());
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
