package io.pgmesh.router.app;

import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.api.SessionEvent.State;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Transaction.Verb;
import io.pgmesh.router.wire.Backend;
import io.pgmesh.router.wire.Frames;
import io.pgmesh.router.wire.Frontend;
import io.pgmesh.router.wire.Startup;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** One session on a plain PostgreSQL server, as an executor's channel would show it. */
final class FakeChannel {
  private final long id;
  private final NetSocket socket;
  private final Consumer<SessionEvent> events;
  private final Cancel canceller;
  private final Frames frames = new Frames(Integer.MAX_VALUE);
  private final Map<String, String> parameters = new LinkedHashMap<>();
  private final Promise<Map<String, String>> started = Promise.promise();
  private final Map<Long, String> portals = new HashMap<>();
  private Backend.BackendKeyData key;
  private long statement;
  private SessionEvent closing;
  private Backend.ParameterDescription types;
  private boolean inspecting;
  private boolean describe;
  private boolean copying;
  private boolean explicit;
  private boolean implicit;
  private int credit = SessionCommand.INITIAL_CREDIT;

  interface Cancel {
    void send(int processId, int secret);
  }

  FakeChannel(long id, NetSocket socket, Consumer<SessionEvent> events, Cancel canceller) {
    this.id = id;
    this.socket = socket;
    this.events = events;
    this.canceller = canceller;
  }

  Future<Map<String, String>> start(String role, Map<String, String> settings) {
    socket.handler(
        data -> {
          frames.append(data);
          frames.next().ifPresent(this::each);
        });
    socket.closeHandler(
        gone ->
            events.accept(
                new SessionEvent.Lost(
                    id,
                    ErrorFields.error(
                        io.pgmesh.contracts.error.SqlState.CONNECTION_FAILURE, "server gone"))));
    var startup = new LinkedHashMap<>(settings);
    startup.put("user", role);
    startup.put("database", "postgres");
    socket.write(Startup.frame(new Startup.StartupMessage(3, 0, startup)));
    return started.future();
  }

  void command(SessionCommand command) {
    switch (command) {
      case SessionCommand.Execute execute -> execute(execute);
      case SessionCommand.Resume resume -> {
        statement = resume.statement();
        send(new Frontend.Execute(portals.get(statement), resume.maxRows()));
        send(new Frontend.Sync());
      }
      case SessionCommand.CloseStatement close -> {}
      case SessionCommand.Credit grant -> {
        credit += grant.batches();
        socket.resume();
      }
      case SessionCommand.CopyData data -> {
        send(new Frontend.CopyData(data.bytes()));
        events.accept(new SessionEvent.CopyCredit(id, 1));
      }
      case SessionCommand.CopyDone done -> endCopy(new Frontend.CopyDone());
      case SessionCommand.CopyFail fail -> endCopy(new Frontend.CopyFail(fail.reason()));
      case SessionCommand.Inspect inspect -> {
        statement = inspect.statement();
        inspecting = true;
        send(new Frontend.Parse("", inspect.sql(), inspect.parameterTypes()));
        send(new Frontend.Describe(Frontend.Target.STATEMENT, ""));
        send(new Frontend.Sync());
      }
      case SessionCommand.Hash hash -> throw new UnsupportedOperationException();
      case SessionCommand.LoadCatalog load ->
          events.accept(
              new SessionEvent.CatalogLoaded(
                  id, load.statement(), new CatalogSnapshot(1, List.of(), List.of())));
      case SessionCommand.Cancel cancel -> canceller.send(key.processId(), key.secret());
      case SessionCommand.Close close -> socket.close();
    }
  }

  private void endCopy(Frontend end) {
    send(end);
    send(new Frontend.Sync());
  }

  private void execute(SessionCommand.Execute execute) {
    statement = execute.statement();
    describe = execute.describe();
    switch (execute.plan()) {
      case Plan.Coordinator(var sql, var use, var effects, var reason, var locks, var configured) ->
          run(sql.text(), execute.arguments(), execute.maxRows());
      case Plan.Setting(var name, var scope, var sql, var workers) ->
          run(sql.text(), Arguments.NONE, 0);
      case Plan.Transaction(var verb, var savepoint, var sql) -> transaction(verb, sql.text());
      default -> throw new UnsupportedOperationException(execute.plan().toString());
    }
  }

  private void transaction(Verb verb, String sql) {
    switch (verb) {
      case BEGIN -> explicit = true;
      case COMMIT, ROLLBACK -> explicit = false;
      default -> {}
    }
    switch (verb) {
      case BEGIN -> run(implicit ? "" : sql, Arguments.NONE, 0);
      case BEGIN_IMPLICIT -> {
        implicit = true;
        run("begin", Arguments.NONE, 0);
      }
      case COMMIT_IMPLICIT -> run(explicit ? "" : "commit", Arguments.NONE, 0);
      case ROLLBACK -> run("rollback", Arguments.NONE, 0);
      default -> run(sql, Arguments.NONE, 0);
    }
  }

  private void run(String sql, Arguments arguments, int maxRows) {
    String portal = maxRows > 0 ? "p" + statement : "";
    portals.put(statement, portal);
    send(new Frontend.Parse("", sql, arguments.types()));
    send(
        new Frontend.Bind(
            portal, "", arguments.formats(), arguments.values(), arguments.resultFormats()));
    send(new Frontend.Describe(Frontend.Target.PORTAL, portal));
    send(new Frontend.Execute(portal, maxRows));
    send(new Frontend.Sync());
  }

  private void send(Frontend message) {
    socket.write(Frontend.CODECS.frame(message));
  }

  private void each(Frames.Frame frame) {
    message(frame.tag(), frame.body());
    frames.next().ifPresent(this::each);
  }

  private void message(char tag, Buffer body) {
    Buffer whole =
        Buffer.buffer().appendByte((byte) tag).appendInt(body.length() + 4).appendBuffer(body);
    if (tag == 'D' || tag == 'd') {
      var rows = new SessionEvent.Rows(id, statement, whole);
      events.accept(rows);
      credit -= rows.credit();
      if (credit <= 0) {
        socket.pause();
      }
      return;
    }
    switch (Backend.CODECS.decode(tag, body)) {
      case Backend.ParameterStatus status -> parameter(status);
      case Backend.BackendKeyData data -> key = data;
      case Backend.ParameterDescription described -> types = described;
      case Backend.RowDescription description -> described(whole);
      case Backend.NoData none -> described(whole);
      case Backend.CopyInResponse ready -> {
        copying = true;
        events.accept(new SessionEvent.CopyInReady(id, statement, whole));
      }
      case Backend.CopyOutResponse ready ->
          events.accept(new SessionEvent.CopyOutReady(id, statement, whole));
      case Backend.CommandComplete(String done) ->
          closing = new SessionEvent.Completed(id, statement, done, State.IDLE);
      case Backend.EmptyQueryResponse empty ->
          closing = new SessionEvent.Completed(id, statement, "", State.IDLE);
      case Backend.PortalSuspended suspended ->
          closing = new SessionEvent.Suspended(id, statement, State.IDLE);
      case Backend.ErrorResponse(var error) ->
          closing = new SessionEvent.Failed(id, statement, error, State.IDLE);
      case Backend.NoticeResponse(var notice) -> events.accept(new SessionEvent.Notice(id, notice));
      case Backend.NotificationResponse(int processId, String name, String payload) ->
          events.accept(new SessionEvent.Notification(id, processId, name, payload));
      case Backend.ReadyForQuery(char transaction) -> ready(transaction);
      default -> {}
    }
  }

  private void parameter(Backend.ParameterStatus status) {
    if (key == null) {
      parameters.put(status.name(), status.value());
    } else {
      events.accept(new SessionEvent.ParameterChanged(id, status.name(), status.value()));
    }
  }

  private void described(Buffer whole) {
    if (inspecting) {
      closing =
          new SessionEvent.Inspected(
              id, statement, types.types(), whole, List.of(), false, false, List.of());
    } else if (describe) {
      events.accept(new SessionEvent.RowDescription(id, statement, whole));
    }
  }

  private void ready(char transaction) {
    if (!started.future().isComplete()) {
      started.complete(parameters);
      return;
    }
    if (transaction == 'I') {
      explicit = false;
      implicit = false;
    }
    inspecting = false;
    copying = false;
    var state = new State(transaction, false, false, false, 0);
    var event =
        switch (closing) {
          case SessionEvent.Completed done ->
              new SessionEvent.Completed(id, done.statement(), done.tag(), state);
          case SessionEvent.Suspended suspended ->
              new SessionEvent.Suspended(id, suspended.statement(), state);
          case SessionEvent.Failed failed ->
              new SessionEvent.Failed(id, failed.statement(), failed.error(), state);
          default -> closing;
        };
    closing = null;
    events.accept(event);
  }
}
