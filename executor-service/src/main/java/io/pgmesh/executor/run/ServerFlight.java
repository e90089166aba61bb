package io.pgmesh.executor.run;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Frames;
import io.pgmesh.executor.worker.Listener;
import io.pgmesh.executor.worker.PreparedStatements;
import io.vertx.core.Future;
import java.util.List;

/**
 * Texts that one server is sent all at once, ended by one Sync. Its connection keeps prepared what
 * comes again.
 */
final class ServerFlight {
  private final Participant server;
  private final List<SqlText> texts;
  private final Execution run;
  private final Listener listener;
  private int completed;

  /**
   * @param run whose arguments all texts take
   */
  ServerFlight(Participant server, List<SqlText> texts, Execution run, Listener listener) {
    this.server = server;
    this.texts = List.copyOf(texts);
    this.run = run;
    this.listener = listener;
  }

  /** Sends them; from prepared statements only where they can be tried again without. */
  Future<Flight.Outcome> send() {
    return mayKeep() && !server.inBlock() ? prepared() : unnamed();
  }

  /**
   * The same for a statement that is worth it inside a block too, where one that has gone stale
   * fails.
   */
  Future<Flight.Outcome> sendToKeep() {
    return mayKeep() ? prepared() : unnamed();
  }

  /** Texts that are done. */
  int completed() {
    return completed;
  }

  private boolean mayKeep() {
    return !run.channel().loopback()
        && !run.transaction().schemaChanged()
        && !run.transaction().changedSettings();
  }

  private Future<Flight.Outcome> prepared() {
    PreparedStatements statements = server.connection().statements();
    var frames = new Frames();
    long epoch = run.session().executor().catalogEpoch();
    var batch = statements.begin(epoch, run.hasParameters());
    boolean describe = run.describe();
    for (SqlText text : texts) {
      statements.bind(frames, batch, text.text(), run.arguments());
      describe = execute(frames, describe);
    }
    Flight flight = Flight.extended(server.connection(), frames, listener);
    return noting(flight)
        .onComplete(done -> statements.end(batch, flight.parsed()))
        .recover(this::again);
  }

  /** The schema changed a moment ago: outside a block nothing is lost by another try. */
  private Future<Flight.Outcome> again(Throwable cause) {
    ErrorFields error = SqlError.from(cause).fields();
    if (!PreparedStatements.isStale(error.code(), error.get(ErrorFields.ROUTINE))) {
      return Future.failedFuture(cause);
    }
    server.connection().statements().renew();
    return server.inBlock() || completed > 0 ? Future.failedFuture(cause) : unnamed();
  }

  private Future<Flight.Outcome> unnamed() {
    var frames = new Frames();
    boolean describe = run.describe();
    for (SqlText text : texts) {
      frames.parse("", text.text(), run.arguments()).bind("", "", run.arguments());
      describe = execute(frames, describe);
    }
    return noting(Flight.extended(server.connection(), frames, listener));
  }

  /** Returns false: one description does for all. */
  private static boolean execute(Frames frames, boolean describe) {
    if (describe) {
      frames.describePortal("");
    }
    frames.execute("", 0);
    return false;
  }

  private Future<Flight.Outcome> noting(Flight flight) {
    return flight.future().onComplete(done -> completed = flight.completed());
  }
}
