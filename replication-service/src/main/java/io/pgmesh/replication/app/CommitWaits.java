package io.pgmesh.replication.app;

import io.pgmesh.contracts.api.MetadataApi;
import io.pgmesh.contracts.api.ReplicationApi.Applied;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.replication.apply.ChangeLog;
import io.pgmesh.replication.apply.ChangeLog.Awaited;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who waits for which position, and which workers count. A worker that keeps a commit waiting too
 * long is fenced: its replicas become stale and are not read. It becomes live again when it has
 * applied everything.
 */
final class CommitWaits {
  private static final Logger LOG = LoggerFactory.getLogger(CommitWaits.class);

  /** A worker that cannot be reached for so long is not waited for. */
  private static final long BROKEN_MILLIS = 1000;

  private final Vertx vertx;
  private final ChangeLog log;
  private final Duration limit;
  private final Relay relay;
  private final AwaitedTransactions questions;

  private final Map<Integer, Progress> groups = new HashMap<>();
  private final Set<Wait> waits = new HashSet<>();
  private boolean saving;
  private boolean saveAgain;

  CommitWaits(Vertx vertx, ChangeLog log, Duration limit, Relay relay) {
    this.vertx = vertx;
    this.log = log;
    this.limit = limit;
    this.relay = relay;
    this.questions = new AwaitedTransactions(log);
  }

  /** How far one worker is. */
  private static final class Progress {
    long applied = -1;
    long saved = -1;
    long promotedAt = -1;
    long brokenSince;
    boolean broken;
    boolean behind; // has replicas that are not live
    boolean promoting;
    String error = "";

    boolean brokenForLong() {
      return broken && (System.nanoTime() - brokenSince) / 1_000_000 > BROKEN_MILLIS;
    }
  }

  /** One commit. */
  private static final class Wait {
    final Awaited awaited;
    final boolean saved; // the catalog must tell of it, too
    final Promise<Applied> answer = Promise.promise();
    long epoch;

    Wait(Awaited awaited, boolean saved) {
      this.awaited = awaited;
      this.saved = saved;
    }
  }

  /**
   * Completes when every live replica has a transaction, or is fenced.
   *
   * @param xid of a committed transaction; empty for everything that is committed, and then the
   *     positions are in the catalog too
   */
  Future<Applied> await(String xid) {
    relay.wake(0); // at once if it is idle
    return xid.isEmpty()
        ? log.awaitedByAll().compose(awaited -> await(new Wait(awaited, true)))
        : questions.ask(xid).compose(awaited -> await(new Wait(awaited, false)));
  }

  private Future<Applied> await(Wait wait) {
    relay.wake(wait.awaited.position());
    waits.add(wait);
    wait.awaited.seeding().forEach(this::isBehind);
    long timer = vertx.setTimer(Math.max(1, limit.toMillis()), t -> expire(wait));
    check(wait);
    return wait.answer.future().onComplete(done -> vertx.cancelTimer(timer));
  }

  /** A worker has committed everything up to a position. */
  void applied(int group, long position) {
    var progress = progress(group);
    progress.applied = position;
    progress.broken = false;
    progress.error = "";
    List.copyOf(waits).forEach(this::check);
    save();
  }

  /** A worker cannot go on. */
  void broken(int group, String error) {
    var progress = progress(group);
    if (!progress.broken) {
      progress.broken = true;
      progress.brokenSince = System.nanoTime();
    }
    if (!error.equals(progress.error)) {
      progress.error = error;
      log.saveError(group, error).onFailure(this::complain);
    }
  }

  /** The worker has left the mesh. */
  void forget(int group) {
    groups.remove(group);
  }

  /** The position that a worker has reported, -1 for none. */
  long position(int group) {
    var progress = groups.get(group);
    return progress == null || progress.broken ? -1 : progress.applied;
  }

  /** Looks for workers that are lost, lag, or have caught up. */
  Future<Void> maintain() {
    List.copyOf(waits).forEach(this::giveUpBroken);
    save(); // what could not be saved before
    return log.fenceLagging(limit.toMillis() + BROKEN_MILLIS)
        .compose(fenced -> fenced.isEmpty() ? Future.succeededFuture() : refresh().mapEmpty())
        .compose(v -> log.behind())
        .onSuccess(behind -> behind.forEach(this::isBehind))
        .mapEmpty();
  }

  /** Nobody is served any more. */
  void close() {
    var error =
        new SqlError(
            SqlState.CANNOT_CONNECT_NOW, "the replication service is no longer the active one");
    List.copyOf(waits).forEach(wait -> wait.answer.tryFail(error));
    waits.clear();
  }

  private Progress progress(int group) {
    return groups.computeIfAbsent(group, g -> new Progress());
  }

  private void isBehind(int group) {
    progress(group).behind = true;
    promote(group);
  }

  /** Tells the catalog how far the workers are; most commits do not wait for it. */
  private void save() {
    if (saving) {
      saveAgain = true;
      return;
    }
    Map<Integer, Long> changed = new HashMap<>();
    groups.forEach(
        (group, progress) -> {
          if (progress.applied != progress.saved) {
            changed.put(group, progress.applied);
          }
        });
    if (changed.isEmpty()) {
      return;
    }
    saving = true;
    saveAgain = false;
    log.saveApplied(changed)
        .onFailure(this::complain)
        .onSuccess(
            saved -> {
              changed.forEach((group, position) -> progress(group).saved = position);
              changed.keySet().forEach(this::promote);
              List.copyOf(waits).forEach(this::check);
            })
        .onComplete(
            done -> {
              saving = false;
              if (saveAgain) {
                save();
              }
            });
  }

  private void check(Wait wait) {
    var seeding =
        wait.awaited.seeding().stream()
            .filter(group -> progress(group).promotedAt < wait.awaited.position());
    if (missing(wait).isEmpty() && seeding.findAny().isEmpty()) {
      waits.remove(wait);
      wait.answer.tryComplete(new Applied(List.of(), wait.epoch));
    }
  }

  private List<Integer> missing(Wait wait) {
    return wait.awaited.live().entrySet().stream()
        .filter(needed -> needed.getValue() > 0)
        .filter(needed -> reached(wait, needed.getKey()) < needed.getValue())
        .map(Map.Entry::getKey)
        .toList();
  }

  private long reached(Wait wait, int group) {
    return wait.saved ? progress(group).saved : progress(group).applied;
  }

  private void giveUpBroken(Wait wait) {
    var missing = missing(wait);
    if (!missing.isEmpty() && missing.stream().allMatch(g -> progress(g).brokenForLong())) {
      expire(wait);
    }
  }

  private void expire(Wait wait) {
    if (!waits.remove(wait)) {
      return;
    }
    var missing = missing(wait);
    if (missing.isEmpty()) { // only fresh copies, which nobody reads
      wait.answer.tryComplete(new Applied(List.of(), wait.epoch));
      return;
    }
    LOG.warn("groups {} have not applied position {}: fenced", missing, wait.awaited.position());
    fence(missing)
        .compose(fenced -> refresh())
        .onSuccess(epoch -> wait.answer.tryComplete(new Applied(missing, epoch)))
        .onFailure(wait.answer::tryFail);
  }

  private Future<Void> fence(List<Integer> missing) {
    Future<Void> fenced = Future.succeededFuture();
    for (int group : missing) {
      var error = progress(group).error;
      var reason = error.isEmpty() ? "not applied within " + limit.toMillis() + " ms" : error;
      fenced = fenced.compose(v -> log.fence(List.of(group), reason).mapEmpty());
      progress(group).behind = true;
    }
    return fenced;
  }

  /** Tries to make a worker live that seems to have everything. */
  private void promote(int group) {
    var progress = progress(group);
    long applied = progress.saved;
    if (!progress.behind
        || progress.promoting
        || progress.broken
        || applied < 0
        || applied < relay.relayed()) {
      return;
    }
    progress.promoting = true;
    log.promote(group, applied)
        .compose(promoted -> promoted ? refresh() : Future.succeededFuture(-1L))
        .onComplete(
            done -> {
              progress.promoting = false;
              if (done.failed()) {
                complain(done.cause());
              } else if (done.result() >= 0) {
                promoted(group, applied, done.result());
              } else if (progress.saved > applied) {
                promote(group);
              }
            });
  }

  private void promoted(int group, long applied, long epoch) {
    LOG.info("replicas of group {} are live at position {}", group, applied);
    var progress = progress(group);
    progress.behind = false;
    progress.promotedAt = applied;
    for (Wait wait : new ArrayList<>(waits)) {
      wait.epoch = Math.max(wait.epoch, epoch);
      check(wait);
    }
  }

  private Future<Long> refresh() {
    return MetadataApi.REFRESH
        .ask(vertx, new MetadataApi.Refresh())
        .map(snapshot -> snapshot.epoch());
  }

  private void complain(Throwable failure) {
    LOG.warn("replication bookkeeping failed, will try again: {}", failure.getMessage());
  }
}
