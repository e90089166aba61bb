package io.pgmesh.executor.run;

import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.Flight;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.MessageProducer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A router's line to a session: the client's own, or one that the coordinator database opened. */
final class Channel {
  private final long id;
  private final Session session;
  private final boolean loopback;
  private final MessageProducer<SessionEvent> events;
  private final Map<Long, Portal> suspended = new HashMap<>();
  private final Map<String, Portal> cursors = new HashMap<>();
  private final List<BackendConnection> paused = new ArrayList<>();
  private final List<Promise<Void>> holding = new ArrayList<>();
  private int credit = SessionCommand.INITIAL_CREDIT;
  private boolean running;
  private boolean dropping;
  private boolean dropped;
  private CopyTarget copyTarget = CopyTarget.NONE;

  Channel(long id, Session session, boolean loopback, MessageProducer<SessionEvent> events) {
    this.id = id;
    this.session = session;
    this.loopback = loopback;
    this.events = events;
  }

  long id() {
    return id;
  }

  Session session() {
    return session;
  }

  boolean loopback() {
    return loopback;
  }

  /** Suspended statements by number. */
  Map<Long, Portal> suspended() {
    return suspended;
  }

  /** Cursors of a loopback session by name. */
  Map<String, Portal> cursors() {
    return cursors;
  }

  /** Where its router listens. */
  String eventsAddress() {
    return events.address();
  }

  /** An event without effect; fails when nobody is there to hear it. */
  Future<Void> probe() {
    return events.write(new SessionEvent.CopyCredit(id, 0));
  }

  void emit(SessionEvent event) {
    events.write(named(event)).onFailure(cause -> session.routerGone());
  }

  /** Shards may have shortened names. */
  private SessionEvent named(SessionEvent event) {
    LongNames names = session.executor().longNames();
    return switch (event) {
      case SessionEvent.Failed(var channel, var statement, var error, var state) ->
          new SessionEvent.Failed(channel, statement, names.restore(error), state);
      case SessionEvent.Notice(var channel, var notice) ->
          new SessionEvent.Notice(channel, names.restore(notice));
      default -> event;
    };
  }

  /** Sends rows; the connection is paused when the client has not taken enough of the last ones. */
  void emitRows(SessionEvent.Rows rows, BackendConnection from) {
    if (dropping) {
      dropped = true;
      return;
    }
    credit -= rows.credit();
    emit(rows);
    if (credit <= 0 && !paused.contains(from)) {
      from.pause();
      paused.add(from);
    }
  }

  /** Sends rows that no server waits with; completes when the client has taken enough of them. */
  Future<Void> emitHeld(SessionEvent.Rows rows) {
    if (dropping) {
      dropped = true;
      return Future.succeededFuture();
    }
    credit -= rows.credit();
    emit(rows);
    if (credit > 0) {
      return Future.succeededFuture();
    }
    Promise<Void> room = Promise.promise();
    holding.add(room);
    return room.future();
  }

  void addCredit(int batches) {
    credit += batches;
    if (credit > 0) {
      goOn();
    }
  }

  private void goOn() {
    List<BackendConnection> waiting = List.copyOf(paused);
    paused.clear();
    waiting.forEach(BackendConnection::resume);
    List<Promise<Void>> held = List.copyOf(holding);
    holding.clear();
    held.forEach(Promise::complete);
  }

  /** Nobody wants the running statement's rows any more: servers run on to its end. */
  void dropRows() {
    dropping = running;
    goOn();
  }

  void beginStatement() {
    running = true;
    if (!loopback) {
      session.clock().begin();
    }
  }

  /**
   * The statement is over.
   *
   * @return whether rows of it were dropped
   */
  boolean endOfStatement() {
    boolean incomplete = dropped;
    running = false;
    dropping = false;
    dropped = false;
    copyTarget = CopyTarget.NONE;
    if (!loopback) {
      session.clock().end();
    }
    return incomplete;
  }

  CopyTarget copyTarget() {
    return copyTarget;
  }

  void copyTarget(CopyTarget target) {
    copyTarget = target;
  }

  /** Copy data goes straight to one server. */
  void copyTo(Flight flight) {
    copyTarget = new CopyTarget.OneServer(flight);
  }

  void close() {
    events.close();
  }
}
