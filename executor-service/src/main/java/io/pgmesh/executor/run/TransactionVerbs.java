package io.pgmesh.executor.run;

import io.pgmesh.contracts.api.MetadataApi;
import io.pgmesh.contracts.api.ReplicationApi;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.executor.run.StatementRunner.Finished;
import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.tx.SessionTransaction;
import io.pgmesh.executor.tx.SessionTransaction.Kind;
import io.pgmesh.executor.tx.TransactionEnd;
import io.pgmesh.executor.worker.Listener;
import io.pgmesh.executor.worker.ParametersOnly;
import io.vertx.core.Future;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** BEGIN, COMMIT and the rest, and what a transaction's end brings with it. */
final class TransactionVerbs {
  private static final Logger LOG = LoggerFactory.getLogger(TransactionVerbs.class);
  private static final Pattern CHAIN =
      Pattern.compile("(?i)\\band\\s+chain\\b"); // not of AND NO CHAIN

  private final Session session;

  TransactionVerbs(Session session) {
    this.session = session;
  }

  Future<Finished> run(Plan.Transaction plan, ClientListener listener) {
    String sql = plan.sql().text();
    return switch (plan.verb()) {
      case BEGIN -> done(begin(sql, listener));
      case COMMIT -> commitVerb(sql, listener);
      case ROLLBACK -> rollbackVerb(sql, listener);
      case SAVEPOINT ->
          inBlock("SAVEPOINT")
              .compose(open -> refuseFailed(open).map(open))
              .compose(open -> open.savepoint(plan.savepoint(), sql, listener))
              .recover(this::failedBy)
              .compose(saved -> done("SAVEPOINT"));
      case RELEASE ->
          inBlock("RELEASE SAVEPOINT")
              .compose(open -> refuseFailed(open).map(open))
              .compose(open -> open.release(plan.savepoint(), sql, listener))
              .recover(this::failedBy)
              .compose(released -> done("RELEASE"));
      case ROLLBACK_TO ->
          inBlock("ROLLBACK TO SAVEPOINT")
              .compose(open -> open.rollbackTo(plan.savepoint(), sql, listener))
              .compose(back -> done("ROLLBACK"));
      case BEGIN_IMPLICIT -> done(beginImplicit());
      case COMMIT_IMPLICIT -> commitImplicit(listener);
    };
  }

  private static Future<Finished> done(String tag) {
    return Future.succeededFuture(new Finished(new Ended.Done(tag), 0));
  }

  private String begin(String sql, ClientListener listener) {
    String tag =
        sql.strip().toLowerCase(Locale.ROOT).startsWith("start") ? "START TRANSACTION" : "BEGIN";
    Optional<SessionTransaction> open = blockOpen();
    if (open.isEmpty()) {
      session.begin(Kind.EXPLICIT, sql);
    } else if (open.get().kind() == Kind.IMPLICIT) {
      open.get().makeExplicit(sql);
    } else {
      warn(listener, SqlState.ACTIVE_SQL_TRANSACTION, "there is already a transaction in progress");
    }
    return tag;
  }

  private String beginImplicit() {
    if (session.transaction().isEmpty()) {
      session.begin(Kind.IMPLICIT, "BEGIN");
    }
    return "";
  }

  private Future<Finished> commitImplicit(ClientListener listener) {
    boolean implicit = blockOpen().filter(open -> open.kind() == Kind.IMPLICIT).isPresent();
    return implicit
        ? commit(listener).map(epoch -> new Finished(new Ended.Done(""), epoch))
        : done("");
  }

  private Future<Finished> commitVerb(String sql, ClientListener listener) {
    Optional<SessionTransaction> open = blockOpen();
    if (chains(sql) && !isExplicit(open)) {
      return refuseChain("COMMIT");
    }
    if (open.isEmpty() || open.get().kind() == Kind.IMPLICIT) {
      warn(listener, SqlState.NO_ACTIVE_SQL_TRANSACTION, "there is no transaction in progress");
    }
    if (open.isEmpty()) {
      return done("COMMIT");
    }
    if (open.get().failed()) {
      return rollback().map(rolledBack -> chain(sql, open.get(), "ROLLBACK", 0));
    }
    return commit(listener).map(epoch -> chain(sql, open.get(), "COMMIT", epoch));
  }

  private Future<Finished> rollbackVerb(String sql, ClientListener listener) {
    Optional<SessionTransaction> open = blockOpen();
    if (chains(sql) && !isExplicit(open)) {
      return refuseChain("ROLLBACK");
    }
    if (open.isEmpty() || open.get().kind() == Kind.IMPLICIT) {
      warn(listener, SqlState.NO_ACTIVE_SQL_TRANSACTION, "there is no transaction in progress");
    }
    if (open.isEmpty()) {
      return done("ROLLBACK");
    }
    return rollback(listener).map(rolledBack -> chain(sql, open.get(), "ROLLBACK", 0));
  }

  private Finished chain(String sql, SessionTransaction ended, String tag, long epoch) {
    if (ended.kind() == Kind.EXPLICIT && chains(sql)) {
      session.begin(Kind.EXPLICIT, ended.begin());
    }
    return new Finished(new Ended.Done(tag), epoch);
  }

  private static boolean chains(String sql) {
    return CHAIN.matcher(sql).find();
  }

  private static boolean isExplicit(Optional<SessionTransaction> open) {
    return open.filter(transaction -> transaction.kind() == Kind.EXPLICIT).isPresent();
  }

  private Future<Finished> refuseChain(String verb) {
    return inBlock(verb + " AND CHAIN").recover(this::failedBy).compose(open -> done(verb));
  }

  /** Commits everywhere; the epoch is what the router must wait for, 0 for nothing. */
  Future<Long> commit(ClientListener listener) {
    SessionTransaction ending = session.transaction().orElseThrow();
    if (ending.endsByItself()) {
      keepSettings(ending);
      return end(ending).map(0L);
    }
    return ending
        .settled()
        .compose(settled -> OpenCursors.beforeCommit(ending))
        .compose(read -> Carrying.beforeCommit(ending))
        .recover(
            cause -> ender(ending, listener).rollback().compose(v -> Future.failedFuture(cause)))
        .compose(carried -> ender(ending, listener).commit())
        .onSuccess(committed -> keepSettings(ending))
        .eventually(() -> end(ending))
        .compose(committed -> publish(ending, committed));
  }

  private void keepSettings(SessionTransaction ended) {
    Map<String, String> kept = ended.keptSettings(session.settings());
    session.settings(kept);
    ended.participants().stream()
        .filter(participant -> participant.inBlock() || isCoordinator(participant))
        .forEach(participant -> participant.connection().settings(kept));
  }

  /** Where set_config may have run outside of a block. */
  private boolean isCoordinator(Participant participant) {
    return participant.address().equals(session.coordinator());
  }

  private TransactionEnd ender(SessionTransaction ending, Listener listener) {
    return new TransactionEnd(ending, session.executor().decisions(), listener);
  }

  private Future<Void> end(SessionTransaction ended) {
    session.main().suspended().clear();
    return session.leftovers().after(ended).onComplete(done -> session.endTransaction());
  }

  Future<Void> rollback() {
    return rollback(Listener.NONE);
  }

  private Future<Void> rollback(Listener listener) {
    return session
        .transaction()
        .map(
            ending ->
                ending
                    .settled()
                    .compose(settled -> ender(ending, listener).rollback())
                    .eventually(() -> end(ending)))
        .orElseGet(Future::succeededFuture);
  }

  /** A statement failed: an open block waits for the client's ROLLBACK, all else ends now. */
  Future<Void> statementFailed() {
    Optional<SessionTransaction> open = session.transaction();
    if (open.filter(transaction -> transaction.kind() == Kind.EXPLICIT).isPresent()) {
      open.get().fail();
      return Future.succeededFuture();
    }
    return rollback(new ParametersOnly(session::parameterChanged));
  }

  private <T> Future<T> failedBy(Throwable cause) {
    return statementFailed().compose(done -> Future.failedFuture(cause));
  }

  /** Replicas apply what was changed and the catalog is loaded before the client hears of it. */
  private Future<Long> publish(SessionTransaction ended, TransactionEnd.Committed committed) {
    var vertx = session.executor().vertx();
    Future<Long> applied =
        committed.changeXid().isEmpty()
            ? Future.succeededFuture(0L)
            : replicas(committed)
                .otherwise(cause -> committedAnyway("replicas of reference tables", cause));
    if (!ended.schemaChanged()) {
      return applied;
    }
    return applied.compose(
        epoch ->
            MetadataApi.REFRESH
                .ask(vertx, new MetadataApi.Refresh())
                .map(catalog -> Math.max(epoch, catalog.epoch()))
                .otherwise(cause -> committedAnyway("the catalog", cause)));
  }

  private Future<Long> replicas(TransactionEnd.Committed committed) {
    var unfinished =
        committed.unfinished().isEmpty()
            ? Future.succeededFuture(0L)
            : fence("groupid IN " + list(committed.unfinished()), "a commit is not finished there");
    return unfinished.compose(
        epoch ->
            ReplicationApi.awaitApplied(session.executor().vertx(), committed.changeXid())
                .map(ReplicationApi.Applied::epoch)
                .recover(
                    cause -> {
                      LOG.warn("Nobody sees to reference tables: {}", cause.getMessage());
                      return fence(
                          "groupid NOT IN " + list(committed.carriers()),
                          "the replication service does not answer");
                    })
                .map(later -> Math.max(epoch, later)));
  }

  private static String list(Set<Integer> groups) {
    return Stream.concat(Stream.of("-1"), groups.stream().map(String::valueOf))
        .collect(Collectors.joining(", ", "(", ")"));
  }

  /** Nobody reads what lacks a commit; the replication service makes it live again. */
  private Future<Long> fence(String which, String reason) {
    return session
        .executor()
        .decisions()
        .asMesh(
            "SELECT pgmesh.fence_replicas(ARRAY(SELECT groupid FROM pgmesh.replica WHERE %s), '%s')"
                .formatted(which, reason))
        .compose(
            fenced ->
                MetadataApi.REFRESH.ask(session.executor().vertx(), new MetadataApi.Refresh()))
        .map(CatalogSnapshot::epoch);
  }

  /** The transaction is committed whatever happens after: the client must not be told otherwise. */
  private static long committedAnyway(String what, Throwable cause) {
    LOG.warn("Committed, but {} could not be brought up to date: {}", what, cause.getMessage());
    return 0;
  }

  private Optional<SessionTransaction> blockOpen() {
    return session.transaction().filter(open -> open.kind() != Kind.STATEMENT);
  }

  private Future<SessionTransaction> inBlock(String what) {
    Optional<SessionTransaction> open = blockOpen();
    return isExplicit(open)
        ? Future.succeededFuture(open.get())
        : Future.failedFuture(
            new SqlError(
                SqlState.NO_ACTIVE_SQL_TRANSACTION,
                what + " can only be used in transaction blocks"));
  }

  private static Future<Void> refuseFailed(SessionTransaction open) {
    return open.failed()
        ? Future.failedFuture(
            new SqlError(
                SqlState.IN_FAILED_SQL_TRANSACTION,
                "current transaction is aborted, commands ignored until end of transaction block"))
        : Future.succeededFuture();
  }

  private static void warn(ClientListener listener, SqlState state, String message) {
    listener.notice(ErrorFields.of("WARNING", state, message));
  }
}
