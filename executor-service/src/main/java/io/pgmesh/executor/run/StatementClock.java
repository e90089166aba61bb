package io.pgmesh.executor.run;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.setting.SettingTime;
import io.pgmesh.executor.worker.BackendConnection;
import io.vertx.core.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Servers mind statement_timeout from when they get a statement. One that has to wait for a
 * connection before is minded here, until it ends.
 */
final class StatementClock {
  private static final String NAME = "statement_timeout";
  private static final Pattern VALUE =
      Pattern.compile(
          "\\b" + NAME + "[\"']?\\s*(?:,|=|\\sto\\s)\\s*(?:'([^']*)'|([\\w.]+))",
          Pattern.CASE_INSENSITIVE);

  private final Session session;
  private String atStart = "0";
  private long started;
  private long timer = -1;
  private boolean running;
  private boolean overdue;

  StatementClock(Session session) {
    this.session = session;
  }

  /**
   * @param value of statement_timeout when the session began
   */
  void atStart(String value) {
    atStart = value;
  }

  void begin() {
    started = System.nanoTime();
    running = true;
    overdue = false;
  }

  void end() {
    running = false;
    if (timer >= 0) {
      session.executor().vertx().cancelTimer(timer);
      timer = -1;
    }
  }

  /** The connection that a statement waits for, as long as there is time. */
  Future<BackendConnection> watch(Future<BackendConnection> leasing) {
    if (leasing.isComplete() || !running) {
      return leasing;
    }
    start();
    return leasing.compose(
        connection -> {
          if (overdue) {
            session.giveBack(connection);
            return Future.failedFuture(timedOut());
          }
          return Future.succeededFuture(connection);
        });
  }

  private void start() {
    long limit = limitMillis();
    if (timer < 0 && limit > 0 && !overdue) {
      long left = limit - (System.nanoTime() - started) / 1_000_000;
      timer = session.executor().vertx().setTimer(Math.max(1, left), id -> fire());
    }
  }

  private void fire() {
    timer = -1;
    overdue = true;
    session.cancel(timedOut());
  }

  private long limitMillis() {
    String sql =
        session
            .transaction()
            .flatMap(open -> open.lastSetting(NAME))
            .orElseGet(() -> session.settings().getOrDefault(NAME, ""));
    return millis(sql, atStart);
  }

  /**
   * @param sql what set it last
   * @param otherwise its value where that says none
   */
  static long millis(String sql, String otherwise) {
    Matcher found = VALUE.matcher(sql);
    if (found.find()) {
      var said = SettingTime.millis(found.group(1) != null ? found.group(1) : found.group(2));
      if (said.isPresent()) {
        return said.getAsLong();
      }
    }
    return SettingTime.millis(otherwise).orElse(0);
  }

  /** What a server was told to cancel for lack of time says so. */
  Throwable named(Throwable cause) {
    ErrorFields fields = SqlError.from(cause).fields();
    return overdue && fields.code().equals(SqlState.QUERY_CANCELED.code())
        ? new SqlError(fields.with(ErrorFields.MESSAGE, timedOut().fields().message()))
        : cause;
  }

  private static SqlError timedOut() {
    return new SqlError(SqlState.QUERY_CANCELED, "canceling statement due to statement timeout");
  }
}
