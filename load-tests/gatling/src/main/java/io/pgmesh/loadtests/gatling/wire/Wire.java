package io.pgmesh.loadtests.gatling.wire;

import io.gatling.core.session.Session;

/**
 * Postgres wire as a protocol of Gatling: each virtual user holds a connection of pgjdbc's, on
 * which it does what its scenario says.
 *
 * @param url for JDBC
 * @param seed of the users' dice
 */
public record Wire(String url, long seed) {
  private static final String USER = "wire user";

  /** A request that opens the user's connection. */
  public WireRequest connect() {
    return request("connect", WireUser::connection);
  }

  public WireRequest request(String name, WireWork work) {
    return new WireRequest(this, name, work, false);
  }

  /** A request that closes the user's connection: to be the last. */
  public WireRequest disconnect() {
    return request("disconnect", WireUser::disconnect);
  }

  /** The session with its user, who is made at its first request. */
  Session withUser(Session session) {
    var readable = new io.gatling.javaapi.core.Session(session);
    return readable.contains(USER) ? session : session.set(USER, newUser(session.userId()));
  }

  WireUser newUser(long number) {
    return new WireUser(url, seed + number);
  }

  WireUser user(Session session) {
    return new io.gatling.javaapi.core.Session(session).get(USER);
  }
}
