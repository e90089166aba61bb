package io.pgmesh.executor.tx;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.executor.worker.Address;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Listener;
import io.pgmesh.executor.worker.ParametersOnly;
import io.pgmesh.executor.worker.RowReader;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Commits or rolls back all servers of a transaction. One writer commits plainly. With more, all
 * but one prepare, that one commits the decision with its own changes, and the prepared parts
 * follow; {@link Recovery} finishes what a crash leaves. The one is the coordinator database where
 * it wrote, else a worker.
 */
public final class TransactionEnd {
  private final SessionTransaction transaction;
  private final DecisionLog decisions;
  private final Listener listener;

  /**
   * @param changeXid the transaction whose changes of reference tables the replicas must apply;
   *     empty when it made none
   * @param carriers groups whose replicas got these changes inside the transaction
   * @param unfinished those of them whose part of it is left to recovery
   */
  public record Committed(String changeXid, Set<Integer> carriers, Set<Integer> unfinished) {
    Committed(String changeXid) {
      this(changeXid, Set.of(), Set.of());
    }
  }

  public TransactionEnd(SessionTransaction transaction, DecisionLog decisions, Listener listener) {
    this.transaction = transaction;
    this.decisions = decisions;
    this.listener = listener;
  }

  /** Fails with the first server's refusal; everything is rolled back then. */
  public Future<Committed> commit() {
    transaction.ending();
    List<Participant> writers = transaction.workers().stream().filter(Participant::wrote).toList();
    boolean coordinatorWrote = transaction.coordinator().filter(Participant::wrote).isPresent();
    if (writers.size() + (coordinatorWrote ? 1 : 0) > 1) {
      return coordinatorWrote ? decidedByCoordinator(writers) : decidedByWorker(writers);
    }
    return commitCoordinator()
        .compose(committed -> commitPlainly(transaction.workers()).map(committed))
        .recover(this::rollbackAfter);
  }

  /** Never fails: a server that cannot roll back is given up with its connection. */
  public Future<Void> rollback() {
    return rollback(listener);
  }

  /** Some servers have rolled back already, and would warn the client of that. */
  private Future<Void> rollbackQuietly() {
    return rollback(new ParametersOnly(listener::parameter));
  }

  private Future<Void> rollback(Listener hearing) {
    transaction.ending();
    return Future.join(
            transaction.participants().stream()
                .filter(Participant::inBlock)
                .map(participant -> end(participant, "ROLLBACK", hearing))
                .toList())
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }

  private static Future<Flight.Outcome> end(Participant part, String sql, Listener hearing) {
    Future<Flight.Outcome> ended = part.control(sql, hearing);
    part.look();
    return ended;
  }

  private Future<Committed> commitCoordinator() {
    return transaction
        .coordinator()
        .filter(Participant::inBlock)
        .map(this::commitCoordinator)
        .orElseGet(() -> Future.succeededFuture(new Committed("")));
  }

  private Future<Committed> commitCoordinator(Participant coordinator) {
    if (transaction.coordinatorOnlyToldTime()) {
      coordinator.commitLater();
      return Future.succeededFuture(new Committed(""));
    }
    if (!coordinator.wrote()) {
      return end(coordinator, "COMMIT", listener).compose(this::checkTag).map(new Committed(""));
    }
    Future<List<List<String>>> change =
        RowReader.simple(coordinator.connection(), DecisionLog.CHANGE_XID);
    Future<Flight.Outcome> commit = end(coordinator, "COMMIT", listener);
    return change
        .otherwise(List.of())
        .compose(rows -> commit.compose(this::checkTag).map(committed(rows)));
  }

  private static Committed committed(List<List<String>> rows) {
    String xid = rows.isEmpty() ? null : rows.getFirst().getFirst();
    return new Committed(xid == null ? "" : xid);
  }

  private Future<Void> commitPlainly(List<Participant> workers) {
    return Future.join(
            workers.stream()
                .filter(Participant::inBlock)
                .map(worker -> end(worker, "COMMIT", listener).compose(this::checkTag))
                .toList())
        .mapEmpty();
  }

  /** COMMIT of a failed transaction succeeds as a ROLLBACK: that must not pass for a commit. */
  private Future<Void> checkTag(Flight.Outcome outcome) {
    return outcome.lastTag().equals("ROLLBACK")
        ? Future.failedFuture(
            new SqlError(
                SqlState.IN_FAILED_SQL_TRANSACTION, "a server had aborted the transaction"))
        : Future.succeededFuture();
  }

  private <T> Future<T> rollbackAfter(Throwable cause) {
    return rollbackQuietly().compose(done -> Future.failedFuture(cause));
  }

  private Future<Committed> decidedByWorker(List<Participant> writers) {
    Participant decider = writers.getLast();
    Optional<Integer> group = decisions.onWorkers().group(decider);
    if (group.isEmpty() || !carriers().isEmpty()) {
      return decidedByCoordinator(writers);
    }
    List<Participant> others = writers.subList(0, writers.size() - 1);
    var prepared = PreparedTransaction.decidedBy(group.get(), others);
    Future<Void> recorded = decisions.onWorkers().record(decider, prepared.id(), listener);
    return Future.join(prepareAll(prepared), recorded, commitCoordinator())
        .<Void>mapEmpty()
        .recover(cause -> undo(prepared, cause))
        .compose(done -> decide(prepared, decider))
        .compose(
            done -> finish(prepared, () -> decisions.onWorkers().forget(decider, prepared.id())))
        .map(left -> new Committed(""));
  }

  private Future<Void> decide(PreparedTransaction prepared, Participant decider) {
    return decider
        .control("COMMIT", listener)
        .compose(this::checkTag)
        .onSuccess(CommitStep.DECIDED::reached)
        .recover(cause -> refusedOrLost(prepared, decider, cause));
  }

  private Future<Committed> decidedByCoordinator(List<Participant> writers) {
    PreparedTransaction prepared = PreparedTransaction.of(writers);
    return transaction
        .join(decisionServer(), SessionTransaction.Block.BEGIN)
        .compose(coordinator -> decisions.record(coordinator, prepared, carriers().keySet()))
        .compose(recorded -> prepareAll(prepared))
        .recover(cause -> undo(prepared, cause))
        .compose(done -> decide(prepared));
  }

  private Map<Integer, Address> carriers() {
    return transaction.referenceChanges().carriers().orElse(Map.of());
  }

  private Address decisionServer() {
    return decisions.coordinator();
  }

  private Future<Void> prepareAll(PreparedTransaction prepared) {
    return Future.join(
            prepared.parts().stream()
                .map(part -> part.prepare(listener).onSuccess(CommitStep.FIRST_PREPARED::reached))
                .toList())
        .<Void>mapEmpty()
        .onSuccess(CommitStep.ALL_PREPARED::reached);
  }

  private <T> Future<T> undo(PreparedTransaction prepared, Throwable cause) {
    return prepared
        .rollbackPrepared()
        .compose(done -> rollbackQuietly())
        .compose(done -> Future.failedFuture(cause));
  }

  private Future<Committed> decide(PreparedTransaction prepared) {
    return commitCoordinator()
        .onSuccess(CommitStep.DECIDED::reached)
        .recover(cause -> refusedOrLost(prepared, transaction.coordinator().orElseThrow(), cause))
        .compose(
            committed ->
                finish(prepared, () -> decisions.forget(prepared))
                    .map(left -> committed(committed, left)));
  }

  private Committed committed(Committed decided, List<PreparedTransaction.Part> left) {
    var lost = left.stream().map(part -> part.worker().address()).collect(Collectors.toSet());
    var unfinished =
        carriers().entrySet().stream()
            .filter(carrier -> lost.contains(carrier.getValue()))
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    return new Committed(decided.changeXid(), carriers().keySet(), unfinished);
  }

  /** An answer means that the decider rolled back; a lost connection means nothing. */
  private <T> Future<T> refusedOrLost(
      PreparedTransaction prepared, Participant decider, Throwable cause) {
    if (decider.connection().closed()) {
      boolean coordinates = decider.address().equals(decisionServer());
      return Future.failedFuture(
          new SqlError(
              SqlState.TRANSACTION_RESOLUTION_UNKNOWN,
              (coordinates ? "the coordinator database" : "server " + decider.address())
                  + " was lost during commit: whether it committed is not known yet"));
    }
    return undo(prepared, cause);
  }

  /** The decision has fallen: what fails here is left to recovery, and answered. */
  private Future<List<PreparedTransaction.Part>> finish(
      PreparedTransaction prepared, Runnable forget) {
    var readers = new ArrayList<>(transaction.workers());
    readers.removeIf(Participant::wrote);
    Future<List<PreparedTransaction.Part>> parts =
        prepared
            .commitPrepared()
            .onSuccess(
                left -> {
                  if (left.isEmpty()) {
                    forget.run();
                  }
                });
    return Future.join(parts, commitPlainly(readers).otherwiseEmpty()).compose(done -> parts);
  }
}
