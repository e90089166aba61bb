package io.pgmesh.router.session;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Plan;
import io.vertx.core.Future;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A lone statement that did not find the shards of which the catalog spoke. The table has become a
 * local one while the statement waited for a lock; or it has just become a distributed one, and the
 * two-phase commit of that has not reached this worker yet. It runs anew, as if it had come later.
 */
final class MissingShards {
  private static final Pattern MISSING = Pattern.compile("relation \"(.+)\" does not exist");
  private static final int ATTEMPTS_MAX = 8;
  private static final long FIRST_WAIT_MILLIS = 5; // doubled each time: about a second in all

  private final CatalogFeed catalogs;
  private final Supplier<Plan> ran;
  private final Supplier<Future<Outcome>> statement;

  /**
   * @param ran what the statement was last run as
   */
  MissingShards(CatalogFeed catalogs, Supplier<Plan> ran, Supplier<Future<Outcome>> statement) {
    this.catalogs = catalogs;
    this.ran = ran;
    this.statement = statement;
  }

  /**
   * @param cause a failure that has left nothing behind
   * @param epoch of the catalog that the statement was planned with
   */
  Future<Outcome> after(Throwable cause, long epoch) {
    return after(SqlError.from(cause), epoch, 0);
  }

  private Future<Outcome> after(SqlError cause, long epoch, int attempt) {
    if (attempt == ATTEMPTS_MAX || !mayBeOfShards(cause)) {
      return Future.failedFuture(cause);
    }
    return catalogs
        .newerThan(epoch)
        .compose(newer -> againOrFail(cause, newer ? 0 : FIRST_WAIT_MILLIS << attempt, attempt));
  }

  private Future<Outcome> againOrFail(SqlError cause, long waitMillis, int attempt) {
    if (!isOfShards(cause)) {
      return Future.failedFuture(cause);
    }
    return waitMillis == 0
        ? run(attempt)
        : catalogs.pause(waitMillis).compose(waited -> run(attempt));
  }

  private Future<Outcome> run(int attempt) {
    long epoch = catalogs.newest().epoch();
    return statement.get().recover(cause -> after(SqlError.from(cause), epoch, attempt + 1));
  }

  private static boolean mayBeOfShards(SqlError cause) {
    return cause.code().equals(SqlState.UNDEFINED_TABLE.code()) || isOfAbortedPart(cause);
  }

  /** A lone statement has no transaction to be aborted before it: its own part on a worker was. */
  private static boolean isOfAbortedPart(SqlError cause) {
    return cause.code().equals(SqlState.IN_FAILED_SQL_TRANSACTION.code());
  }

  /** The coordinator database has the tables of the catalog: a worker's error came through it. */
  private boolean isOfShards(SqlError cause) {
    Matcher missing = MISSING.matcher(cause.fields().message());
    return isOfAbortedPart(cause)
        || ran.get() instanceof Plan.OneShard
        || ran.get() instanceof Plan.Scatter
        || missing.matches()
            && catalogs.newest().tables().stream()
                .anyMatch(table -> missing.group(1).equals(table.schema() + "." + table.name()));
  }
}
