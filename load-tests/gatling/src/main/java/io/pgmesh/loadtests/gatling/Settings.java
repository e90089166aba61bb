package io.pgmesh.loadtests.gatling;

import io.pgmesh.loadtests.gatling.wire.Wire;
import java.time.Duration;

/**
 * What a run is told by system properties {@code load.*}; {@code load-tests/gatling/run} sets them.
 */
public final class Settings {
  /** All rows, and all choices of virtual users, follow from it. */
  public static final long SEED = 20260101;

  private Settings() {}

  /** For JDBC; statements are prepared on the server from their first execution on. */
  public static String jdbcUrl() {
    String url = System.getProperty("load.url", "postgresql://postgres@127.0.0.1:6432/postgres");
    return JdbcUrl.of(url);
  }

  public static Wire wire() {
    return new Wire(jdbcUrl(), SEED);
  }

  public static String httpUrl() {
    return System.getProperty("load.http", "http://127.0.0.1:8432");
  }

  /** Virtual users at the same time. */
  public static int users(int standard) {
    return Integer.getInteger("load.users", standard);
  }

  /** How long the load lasts. */
  public static Duration duration() {
    return Duration.ofSeconds(Integer.getInteger("load.seconds", 30));
  }

  /** How long it takes until all users are there: whole seconds, or Gatling injects nobody. */
  public static Duration rampUp() {
    return Duration.ofSeconds(Math.max(1, duration().toSeconds() / 10));
  }

  /** Requests a second of all users together; 0: as many as they can. */
  public static int rate(int standard) {
    return Integer.getInteger("load.rate", standard);
  }

  public static int tenants() {
    return Integer.getInteger("load.tenants", 1000);
  }

  /** Rows in the table of entries before the load begins. */
  public static int rows() {
    return Integer.getInteger("load.rows", 100_000);
  }

  /** Rows in one COPY of the ingest. */
  public static int batchRows() {
    return Integer.getInteger("load.batch", 1000);
  }

  /** From so many clients on the mesh may refuse some. */
  public static int clientsMax() {
    return Integer.getInteger("load.clients-max", 10_000);
  }
}
