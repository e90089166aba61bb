package io.pgmesh.router.http;

import io.pgmesh.contracts.api.ExecutorApi;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.router.session.Access;
import io.pgmesh.router.session.CatalogFeed;
import io.pgmesh.router.session.ClientLimit;
import io.pgmesh.router.session.Sessions;
import io.pgmesh.router.session.Statements;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Optional;
import java.util.function.Supplier;

/** {@code POST /sql}, the health of one verticle and the metrics of its node. */
public final class HttpEndpoint {
  private static final int UNAUTHORIZED = 401;
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final String CHALLENGE = "Basic realm=\"pgmesh\", charset=\"UTF-8\"";

  private final Vertx vertx;
  private final Settings settings;
  private final Served served;
  private final SqlOverHttp sql;
  private Optional<HttpServer> listening = Optional.empty();

  /**
   * @param role of requests that name none
   * @param database of requests that name none
   */
  public record Settings(
      Access access, String role, String database, int bodyMaxBytes, int resultMaxBytes) {}

  /**
   * What it gives access to.
   *
   * @param metrics as Prometheus reads them
   */
  public record Served(
      Sessions sessions, CatalogFeed catalogs, ClientLimit limit, Supplier<String> metrics) {}

  public HttpEndpoint(Vertx vertx, Settings settings, Served served) {
    this.vertx = vertx;
    this.settings = settings;
    this.served = served;
    this.sql =
        new SqlOverHttp(
            vertx, settings.access, served.sessions, served.limit, settings.resultMaxBytes);
  }

  /**
   * @return the port it listens on
   */
  public Future<Integer> listen(String host, int port) {
    var router = Router.router(vertx);
    router.route().handler(this::refuseForeignPages);
    router
        .post("/sql")
        .handler(BodyHandler.create(false).setBodyLimit(settings.bodyMaxBytes))
        .handler(this::runSql);
    router.get("/health/live").handler(context -> health(context, Optional.empty()));
    router.get("/health/ready").handler(this::ready);
    router.get("/metrics").handler(this::metrics);
    router.errorHandler(413, context -> failed(context, 413, "the request is too large"));
    router.errorHandler(404, context -> failed(context, 404, "there is no such page"));
    router.errorHandler(405, context -> failed(context, 405, "this method is not possible here"));
    return vertx
        .createHttpServer(new HttpServerOptions().setTcpNoDelay(true))
        .requestHandler(router)
        .listen(port, host)
        .map(
            server -> {
              listening = Optional.of(server);
              return server.actualPort();
            });
  }

  public Future<Void> stop() {
    return listening.map(HttpServer::close).orElseGet(Future::succeededFuture);
  }

  /** A page that a browser on this machine shows must not use its user's trusted address. */
  private void refuseForeignPages(RoutingContext context) {
    if (LocalRequests.allowed(
        String.valueOf(context.request().authority()), context.request().getHeader("Origin"))) {
      context.next();
    } else {
      failed(context, 403, "requests of other sites' pages are refused");
    }
  }

  private void runSql(RoutingContext context) {
    var standard = new Login(settings.role, "", settings.database);
    Future.succeededFuture(context)
        .map(asked -> SqlRequest.read(asked.body().buffer(), asked.request().headers(), standard))
        .compose(
            request ->
                sql.run(
                    request,
                    context.request().remoteAddress().host(),
                    statements -> endWith(context, statements)))
        .onSuccess(answer -> send(context, 200, answer))
        .onFailure(cause -> failed(context, SqlError.from(cause)));
  }

  /** A client that goes away leaves nothing running. */
  private static void endWith(RoutingContext context, Statements statements) {
    context
        .response()
        .closeHandler(
            gone -> {
              if (!context.response().ended()) {
                statements.close();
              }
            });
  }

  private void ready(RoutingContext context) {
    if (!served.catalogs.loaded()) {
      health(context, Optional.of("the catalog is not loaded"));
      return;
    }
    ExecutorApi.FIND_ROLE
        .ask(vertx, new ExecutorApi.FindRole(settings.role))
        .onSuccess(found -> health(context, Optional.empty()))
        .onFailure(cause -> health(context, Optional.of(cause.getMessage())));
  }

  private void metrics(RoutingContext context) {
    context
        .response()
        .putHeader("Content-Type", PROMETHEUS_TEXT)
        .putHeader("Cache-Control", "no-store")
        .end(served.metrics.get());
  }

  private static void health(RoutingContext context, Optional<String> problem) {
    var answer = new JsonObject().put("status", problem.isPresent() ? "DOWN" : "UP");
    problem.ifPresent(reason -> answer.put("reason", reason));
    send(context, problem.isPresent() ? 503 : 200, answer);
  }

  private static void failed(RoutingContext context, SqlError error) {
    int status = SqlAnswer.status(error);
    if (status == UNAUTHORIZED) {
      context.response().putHeader("WWW-Authenticate", CHALLENGE);
    }
    send(context, status, SqlAnswer.error(error));
  }

  private static void failed(RoutingContext context, int status, String message) {
    send(context, status, new JsonObject().put("message", message));
  }

  private static void send(RoutingContext context, int status, JsonObject answer) {
    if (context.response().ended() || context.response().closed()) {
      return;
    }
    context
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .putHeader("Cache-Control", "no-store")
        .end(answer.toBuffer());
  }
}
