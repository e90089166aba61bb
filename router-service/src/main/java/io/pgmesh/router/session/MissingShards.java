package io.pgmesh.router.session;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Plan;
import io.vertx.core.Future;
import java.util.Optional;
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
  private final Attempt attempt;

  /** A statement's last run, and its next. */
  interface Attempt {
    /** Whether it has told the client nothing, but what its rows will be, and changed nothing. */
    boolean leftNothing();

    /** What it was run as, if it was planned. */
    Optional<Plan> plan();

    Future<Outcome> again();
  }

  MissingShards(CatalogFeed catalogs, Attempt attempt) {
    this.catalogs = catalogs;
    this.attempt = attempt;
  }

  /**
   * @param epoch of the catalog that the statement was planned with
   */
  Future<Outcome> after(Throwable cause, long epoch) {
    return after(SqlError.from(cause), epoch, 0);
  }

  private Future<Outcome> after(SqlError cause, long epoch, int times) {
    if (times == ATTEMPTS_MAX
        || !attempt.leftNothing()
        || !isOfAbortedPart(cause) && !mayBeMissing(cause)) {
      return Future.failedFuture(cause);
    }
    return catalogs
        .newerThan(epoch)
        .compose(newer -> againOrFail(cause, newer ? 0 : FIRST_WAIT_MILLIS << times, times));
  }

  private Future<Outcome> againOrFail(SqlError cause, long waitMillis, int times) {
    if (!isOfAbortedPart(cause) && !isMissing(cause)) {
      return Future.failedFuture(cause);
    }
    return waitMillis == 0 ? run(times) : catalogs.pause(waitMillis).compose(waited -> run(times));
  }

  private Future<Outcome> run(int times) {
    long epoch = catalogs.newest().epoch();
    return attempt.again().recover(cause -> after(SqlError.from(cause), epoch, times + 1));
  }

  /**
   * A lone statement has no transaction to be aborted before it: its own part on a worker was. That
   * is of the statement; of its commit servers say something else.
   */
  private static boolean isOfAbortedPart(SqlError cause) {
    return cause.code().equals(SqlState.IN_FAILED_SQL_TRANSACTION.code())
        && cause.fields().message().startsWith("current transaction is aborted");
  }

  /** Names of the catalog's tables have a schema in what workers say. */
  private boolean mayBeMissing(SqlError cause) {
    return cause.code().equals(SqlState.UNDEFINED_TABLE.code())
        && (ranOnShards() || missing(cause).filter(name -> name.contains(".")).isPresent());
  }

  /** The coordinator database has the tables of the catalog: a worker's error came through it. */
  private boolean isMissing(SqlError cause) {
    return ranOnShards() || missing(cause).filter(this::isOfCatalog).isPresent();
  }

  private boolean ranOnShards() {
    Optional<Plan> plan = attempt.plan();
    return plan.filter(Plan.OneShard.class::isInstance).isPresent()
        || plan.filter(Plan.Scatter.class::isInstance).isPresent();
  }

  private static Optional<String> missing(SqlError cause) {
    Matcher missing = MISSING.matcher(cause.fields().message());
    return missing.matches() ? Optional.of(missing.group(1)) : Optional.empty();
  }

  private boolean isOfCatalog(String name) {
    return catalogs.newest().tables().stream()
        .anyMatch(table -> name.equals(table.schema() + "." + table.name()));
  }
}
