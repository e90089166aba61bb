package io.pgmesh.router.http;

import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.router.session.Access;
import io.pgmesh.router.session.ChannelListener;
import io.pgmesh.router.session.ClientLimit;
import io.pgmesh.router.session.Outcome;
import io.pgmesh.router.session.SessionRequest;
import io.pgmesh.router.session.Sessions;
import io.pgmesh.router.session.Statements;
import io.pgmesh.router.wire.ScramServer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** One statement, one session: from a request to its answer. */
final class SqlOverHttp {
  private final Vertx vertx;
  private final Access access;
  private final Sessions sessions;
  private final ClientLimit limit;
  private final int resultMaxBytes;

  SqlOverHttp(
      Vertx vertx, Access access, Sessions sessions, ClientLimit limit, int resultMaxBytes) {
    this.vertx = vertx;
    this.access = access;
    this.sessions = sessions;
    this.limit = limit;
    this.resultMaxBytes = resultMaxBytes;
  }

  /** Tells where the session is, so that it can be ended when the client goes away. */
  interface Opened {
    void opened(Statements statements);
  }

  Future<JsonObject> run(SqlRequest request, String remoteAddress, Opened opened) {
    try {
      limit.enter();
    } catch (SqlError full) {
      return Future.failedFuture(full);
    }
    return admit(request.login(), remoteAddress)
        .compose(admitted -> sessions.open(sessionRequest(request.login()), new NobodyListens()))
        .compose(
            session -> {
              opened.opened(session.statements());
              return answer(request, session.statements())
                  .onComplete(done -> session.statements().close());
            })
        .onComplete(done -> limit.leave());
  }

  private Future<Void> admit(Login login, String remoteAddress) {
    return access
        .admit(vertx, login.role(), remoteAddress)
        .compose(
            admission ->
                switch (admission) {
                  case Access.Admission.Trusted trusted -> Future.<Void>succeededFuture();
                  case Access.Admission.Password(var verifier) when login.password().isEmpty() ->
                      Future.failedFuture(noPassword(login));
                  case Access.Admission.Password(var verifier) ->
                      vertx
                          .executeBlocking(() -> verifier.matches(login.password()), false)
                          .compose(
                              matches ->
                                  matches
                                      ? Future.succeededFuture()
                                      : Future.failedFuture(
                                          ScramServer.wrongPassword(login.role())));
                });
  }

  private static SqlError noPassword(Login login) {
    return new SqlError(
        SqlState.INVALID_AUTHORIZATION,
        "role \"" + login.role() + "\" must show its password",
        "Send it in the header \"Authorization: Basic\", as curl --user does.");
  }

  private static SessionRequest sessionRequest(Login login) {
    return new SessionRequest(
        Map.of(
            "user",
            login.role(),
            "database",
            login.database(),
            "application_name",
            "pgmesh-http",
            "client_encoding",
            "UTF8"));
  }

  private Future<JsonObject> answer(SqlRequest request, Statements statements) {
    if (statements.split(request.query()).size() > 1) {
      return Future.failedFuture(
          new SqlError(
              SqlState.SYNTAX_ERROR, "cannot insert multiple commands into a prepared statement"));
    }
    var rows = new CollectedRows(statements, resultMaxBytes);
    var how = new Statements.Run(0, true, Statements.Block.ALONE);
    return statements
        .prepare(request.query(), List.of())
        .compose(
            statement ->
                statements.run(statement, arguments(request, statement.knownTypes()), how, rows))
        .recover(cause -> Future.failedFuture(rows.refusal().orElse(SqlError.from(cause))))
        .compose(
            outcome ->
                rows.refusal().isPresent()
                    ? Future.failedFuture(rows.refusal().get())
                    : Future.succeededFuture(outcome))
        .map(
            outcome ->
                SqlAnswer.result(
                    rows, ((Outcome.Completed) outcome).tag(), request.rowsAsArrays()));
  }

  private static Arguments arguments(SqlRequest request, List<Long> types) {
    return new Arguments(
        types,
        List.of(),
        request.parameters().stream()
            .map(value -> value == null ? null : value.getBytes(StandardCharsets.UTF_8))
            .toList(),
        List.of());
  }

  /** Notices and parameters have no place in the answer. */
  private static final class NobodyListens implements ChannelListener {
    @Override
    public void notice(SessionEvent.Notice notice) {}

    @Override
    public void parameter(SessionEvent.ParameterChanged parameter) {}

    @Override
    public void notification(SessionEvent.Notification notification) {}

    @Override
    public void lost(SqlError error) {} // the running statement fails with it
  }
}
