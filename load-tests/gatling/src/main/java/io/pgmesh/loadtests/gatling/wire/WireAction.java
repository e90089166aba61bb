package io.pgmesh.loadtests.gatling.wire;

import com.typesafe.scalalogging.Logger;
import com.typesafe.scalalogging.StrictLogging;
import io.gatling.commons.stats.KO$;
import io.gatling.commons.stats.OK$;
import io.gatling.commons.stats.Status;
import io.gatling.core.CoreComponents;
import io.gatling.core.action.Action;
import io.gatling.core.session.Session;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import scala.Option;

/** Does a request on a virtual thread and tells Gatling's statistics how it ended. */
final class WireAction implements Action {
  private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();

  private final WireRequest request;
  private final CoreComponents gatling;
  private final Action next;
  private Logger logger;

  WireAction(WireRequest request, CoreComponents gatling, Action next) {
    this.request = request;
    this.gatling = gatling;
    this.next = next;
    StrictLogging.$init$(this);
  }

  @Override
  public String name() {
    return request.name();
  }

  @Override
  public void execute(Session session) {
    THREADS.execute(() -> run(request.wire().withUser(session)));
  }

  private void run(Session session) {
    WireUser user = request.wire().user(session);
    long began = gatling.clock().nowMillis();
    Outcome outcome = Outcome.of(request.work(), user);
    long ended = gatling.clock().nowMillis();
    tell(session, reported(outcome), began, ended);
    var timed = session.logGroupRequestTimings(began, ended);
    if (outcome instanceof Outcome.Done) {
      next.$bang(timed);
    } else {
      user.drop();
      next.$bang(timed.markAsFailed());
    }
  }

  /** A line of Gatling's report. */
  private record Reported(String name, Status status, Option<String> message) {}

  private Reported reported(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Done() -> new Reported(name(), OK$.MODULE$, Option.empty());
      case Outcome.Refused(var message) ->
          request.mayBeRefused()
              ? new Reported(name() + " refused", OK$.MODULE$, Option.empty())
              : new Reported(name(), KO$.MODULE$, Option.apply(message));
      case Outcome.Failed(var message) -> new Reported(name(), KO$.MODULE$, Option.apply(message));
    };
  }

  private void tell(Session session, Reported reported, long began, long ended) {
    gatling
        .statsEngine()
        .logResponse(
            session.scenario(),
            session.groups(),
            reported.name,
            began,
            ended,
            reported.status,
            Option.empty(),
            reported.message);
  }

  @Override
  public Logger logger() {
    return logger;
  }

  /** What a field of a Scala trait becomes. */
  @Override
  public void com$typesafe$scalalogging$StrictLogging$_setter_$logger_$eq(Logger made) {
    logger = made;
  }
}
