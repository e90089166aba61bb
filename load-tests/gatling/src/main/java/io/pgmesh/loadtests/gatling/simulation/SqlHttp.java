package io.pgmesh.loadtests.gatling.simulation;

import static io.gatling.javaapi.core.CoreDsl.StringBody;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.jsonPath;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.CheckBuilder;
import io.gatling.javaapi.core.Session;
import io.gatling.javaapi.http.HttpProtocolBuilder;
import io.pgmesh.loadtests.gatling.Settings;
import io.pgmesh.loadtests.gatling.Statement;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * {@code POST /sql}.
 *
 * @param choose the parameters, by the user's dice
 * @param acknowledged is told the parameters after an answer without an error
 */
record SqlHttp(
    Statement sql,
    Function<SplittableRandom, List<Object>> choose,
    Consumer<List<Object>> acknowledged) {
  private static final String PARAMETERS = "parameters";
  private static final String DICE = "dice";

  static HttpProtocolBuilder protocol() {
    return http.baseUrl(Settings.httpUrl()).contentTypeHeader("application/json");
  }

  /**
   * @param answer what must hold beside that there is no error
   */
  ChainBuilder checked(CheckBuilder answer) {
    return exec(this::prepare)
        .exec(
            http(sql.name())
                .post("/sql")
                .body(StringBody(session -> sql.json(parameters(session).toArray())))
                // any status, so that the report has the SQLSTATE
                .check(status().gt(0), jsonPath("$.code").notExists(), answer))
        .exec(this::acknowledge);
  }

  private Session prepare(Session session) {
    var known =
        session.contains(DICE)
            ? session
            : session.set(DICE, new SplittableRandom(Settings.SEED + session.userId()));
    return known.set(PARAMETERS, choose.apply(known.get(DICE)));
  }

  private Session acknowledge(Session session) {
    if (!session.isFailed()) {
      acknowledged.accept(parameters(session));
    }
    return session.markAsSucceeded();
  }

  private static List<Object> parameters(Session session) {
    return session.getList(PARAMETERS);
  }
}
