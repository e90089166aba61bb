package io.pgmesh.metadata.app;

import io.pgmesh.contracts.api.ExecutorApi;
import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.SqlText;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.Map;
import java.util.UUID;

/**
 * A statement of the mesh's own that runs in the coordinator database and from there reaches
 * workers. It goes to an executor over the event bus: the endpoints let nobody in who shows no
 * password, and the mesh has none to show.
 */
final class OwnStatement {
  private static final long STATEMENT = 1;
  private static final long ANSWER_MAX_MILLIS = 60_000;

  private final Vertx vertx;
  private final Plan plan;
  private final Arguments arguments;
  private final Promise<Void> ended = Promise.promise();

  private OwnStatement(Vertx vertx, String sql, Arguments arguments) {
    this.vertx = vertx;
    this.plan = new Plan.Coordinator(SqlText.made(sql), Plan.Use.BLOCK);
    this.arguments = arguments;
  }

  /**
   * Runs it in a session and a transaction of its own.
   *
   * @param role as which it runs
   */
  static Future<Void> run(Vertx vertx, String role, String sql, Arguments arguments) {
    return new OwnStatement(vertx, sql, arguments).run(role);
  }

  private Future<Void> run(String role) {
    String eventsAddress = "metadata.events." + UUID.randomUUID();
    MessageConsumer<SessionEvent> events =
        vertx.eventBus().consumer(eventsAddress, message -> heard(message.body()));
    var settings = Map.of("application_name", "pgmesh metadata");
    return events
        .completion()
        .compose(
            listening ->
                ExecutorApi.OPEN.ask(
                    vertx, new ExecutorApi.OpenSession(role, settings, eventsAddress)))
        .compose(this::execute)
        .eventually(events::unregister);
  }

  private Future<Void> execute(ExecutorApi.Opened session) {
    send(
        session,
        new SessionCommand.Execute(session.channel(), STATEMENT, plan, arguments, 0, false));
    long timer = vertx.setTimer(ANSWER_MAX_MILLIS, late -> ended.tryFail(tooLate()));
    return ended
        .future()
        .onComplete(
            done -> {
              vertx.cancelTimer(timer);
              send(session, new SessionCommand.Close(session.channel()));
            });
  }

  private void send(ExecutorApi.Opened session, SessionCommand command) {
    vertx.eventBus().send(session.commandsAddress(), command);
  }

  /** What it says and answers on the way is of no interest. */
  private void heard(SessionEvent event) {
    if (event instanceof SessionEvent.Completed) {
      ended.tryComplete();
    } else if (event instanceof SessionEvent.Failed failed) {
      ended.tryFail(new SqlError(failed.error()));
    } else if (event instanceof SessionEvent.Lost lost) {
      ended.tryFail(new SqlError(lost.error()));
    }
  }

  private static SqlError tooLate() {
    return new SqlError(SqlState.CONNECTION_FAILURE, "no executor answers");
  }
}
