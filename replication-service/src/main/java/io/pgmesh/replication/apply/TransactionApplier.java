package io.pgmesh.replication.apply;

import io.pgmesh.contracts.replica.ReplicaTable;
import io.pgmesh.contracts.replica.RowChange;
import io.pgmesh.replication.apply.ChangeLog.Registered;
import io.pgmesh.replication.apply.WorkerReplicas.Applied;
import io.pgmesh.replication.change.Piece;
import io.pgmesh.replication.change.PieceReader;
import io.pgmesh.replication.kafka.ChangeTopic.Received;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Makes transactions on one worker connection of the pieces that arrive, each exactly once: the
 * position is saved by the worker's transaction that applies, and whatever is not behind it is
 * skipped. Small transactions that have arrived wait for one another and are sent and committed
 * together; a large one is applied while it arrives. Good for one connection: after any failure
 * another one begins at the saved position. Every step must have ended before the next begins.
 */
final class TransactionApplier {
  private static final int BATCH_TRANSACTIONS = 200;
  private static final int BATCH_BYTES = 1 << 20;
  private static final long PREPARED_MILLIS = 20;

  private final Vertx vertx;
  private final ChangeLog log;
  private final WorkerReplicas worker;
  private final int group;
  private final Listener listener;

  private final Map<Long, ReplicaTable> tables = new HashMap<>();
  private Map<Long, Registered> registered = Map.of();
  private boolean ended;
  private boolean open; // a worker transaction
  private int transactions; // whole ones in it, gathered ones too
  private final List<Gathered> gathered = new ArrayList<>(); // nothing of them is sent yet
  private int gatheredBytes;
  private PieceReader partial; // the transaction that is arriving
  private long partialSince;
  private Applied committed;
  private Applied pending;

  /** A transaction's rows. */
  private record Gathered(long position, List<RowChange> changes) {}

  /** Consecutive rows that one statement repeats. */
  private record Run(ReplicaTable table, List<RowChange> changes) {}

  /** Hears how far the worker has come. */
  interface Listener {
    void committed(long position);

    /** The topic lacks what comes after a position. */
    void missing(long position);
  }

  TransactionApplier(
      Vertx vertx, ChangeLog log, WorkerReplicas worker, int group, Listener listener) {
    this.vertx = vertx;
    this.log = log;
    this.worker = worker;
    this.group = group;
    this.listener = listener;
  }

  /** Finds where the worker is; fails when the log does not reach back so far. */
  Future<Void> begin() {
    return Future.all(log.startOf(group), log.trimmed())
        .compose(known -> begin(known.resultAt(0), known.resultAt(1)));
  }

  private Future<Void> begin(long start, long trimmed) {
    return worker
        .applied(start)
        .compose(
            stored -> {
              committed = stored;
              pending = new Applied(Math.max(stored.position(), start), stored.nextOffset());
              return pending.position() < trimmed
                  ? Future.failedFuture(
                      "the worker is at position %d, the log begins after %d: its replicas must be made anew"
                          .formatted(pending.position(), trimmed))
                  : Future.succeededFuture();
            });
  }

  /** Where to read the topic from. */
  long nextOffset() {
    return committed.nextOffset();
  }

  /** Everything up to here is applied, though perhaps not committed. */
  long position() {
    return pending.position();
  }

  /** The tables' definitions may have changed. */
  void forgetTables() {
    tables.clear();
  }

  /** The transaction of which some pieces have arrived; null if there is none. */
  PieceReader partial() {
    return partial;
  }

  /** How long nothing more of it has arrived. */
  long partialMillis() {
    return (System.nanoTime() - partialSince) / 1_000_000;
  }

  /** Whether there is anything to commit. */
  boolean hasOpen() {
    return open || !gathered.isEmpty();
  }

  Future<Void> close() {
    ended = true;
    return worker.close();
  }

  Future<Void> take(Received received) {
    Piece piece = received.piece();
    if (piece.position() <= pending.position()) {
      return Future.succeededFuture();
    }
    if (partial != null && !partial.accepts(piece)) {
      return piece.index() == 0
          ? abandon().compose(v -> take(received)) // its relay died: another sends all of it again
          : Future.succeededFuture();
    }
    boolean carried = piece.carried().to(group);
    if (partial == null && (carried ? !piece.last() : piece.index() != 0)) {
      return Future.succeededFuture();
    }
    if (partial == null && piece.previous() > pending.position()) {
      listener.missing(pending.position());
      return Future.succeededFuture();
    }
    if (carried) {
      return passOver(received);
    }
    if (partial == null && piece.last()) {
      return gather(received);
    }
    return (partial == null ? beginTransaction(piece) : Future.<Void>succeededFuture())
        .compose(v -> applyPart(partial.read(piece)))
        .compose(v -> piece.last() ? endTransaction(received) : Future.succeededFuture());
  }

  private Future<Void> gather(Received received) {
    var piece = received.piece();
    gathered.add(new Gathered(piece.position(), new PieceReader(piece).read(piece)));
    gatheredBytes += piece.body().length;
    return endTransaction(received);
  }

  /**
   * The worker got this transaction's rows inside the transaction. Later changes may need them: its
   * part must be committed first, which recovery sees to if nobody else does.
   */
  private Future<Void> passOver(Received received) {
    return commit()
        .compose(v -> whenCommitted(received.piece().carried().transaction()))
        .compose(v -> open ? Future.succeededFuture() : open())
        .compose(v -> endTransaction(received));
  }

  private Future<Void> whenCommitted(String transaction) {
    return ended
        ? Future.failedFuture("the applier has begun anew")
        : worker
            .prepared(transaction)
            .compose(
                waits ->
                    waits
                        ? vertx
                            .timer(PREPARED_MILLIS, TimeUnit.MILLISECONDS)
                            .<Void>mapEmpty()
                            .compose(v -> whenCommitted(transaction))
                        : Future.succeededFuture());
  }

  private Future<Void> beginTransaction(Piece first) {
    // alone in its worker transaction it can be given up
    return commit()
        .compose(v -> open())
        .onSuccess(
            v -> {
              partial = new PieceReader(first);
              partialSince = System.nanoTime();
            });
  }

  private Future<Void> open() {
    open = true;
    var begun = worker.begin();
    return log.registered(group).onSuccess(found -> registered = found).compose(v -> begun);
  }

  private Future<Void> endTransaction(Received received) {
    pending = new Applied(received.piece().position(), received.nextOffset());
    partial = null;
    transactions++;
    return transactions >= BATCH_TRANSACTIONS || gatheredBytes >= BATCH_BYTES
        ? commit()
        : Future.succeededFuture();
  }

  /** Makes everything that has arrived in whole durable on the worker. */
  Future<Void> commit() {
    if (!hasOpen()) {
      return Future.succeededFuture();
    }
    var after = pending;
    return (open ? Future.<Void>succeededFuture() : open())
        .compose(v -> runs(gathered))
        .compose(runs -> finish(runs, after))
        .onSuccess(
            done -> {
              committed = after;
              open = false;
              transactions = 0;
              gathered.clear();
              gatheredBytes = 0;
              listener.committed(after.position());
            });
  }

  /** One message to the worker and one answer: what fails makes everything behind it fail. */
  private Future<Void> finish(List<Run> runs, Applied after) {
    var steps = new ArrayList<Future<Void>>();
    runs.forEach(run -> steps.add(worker.apply(run.table(), run.changes())));
    steps.add(worker.commit(committed, after));
    return Future.all(steps).mapEmpty();
  }

  /** Gives up the transaction that is arriving. */
  Future<Void> abandon() {
    partial = null;
    open = false;
    transactions = 0;
    return worker.rollback();
  }

  private Future<Void> applyPart(List<RowChange> changes) {
    partialSince = System.nanoTime();
    return runs(List.of(new Gathered(partial.position(), changes)))
        .compose(
            runs ->
                Future.all(runs.stream().map(r -> worker.apply(r.table(), r.changes())).toList()))
        .mapEmpty();
  }

  /** Only what the worker's copies lack. */
  private Future<List<Run>> runs(List<Gathered> transactions) {
    var alike = new ArrayList<List<RowChange>>();
    for (Gathered transaction : transactions) {
      for (RowChange change : transaction.changes()) {
        var copy = registered.get(change.relation());
        if (copy == null || copy.seedPosition() >= transaction.position()) {
          continue;
        }
        if (alike.isEmpty() || !alike.getLast().getFirst().alike(change)) {
          alike.add(new ArrayList<>());
        }
        alike.getLast().add(change);
      }
    }
    Future<List<Run>> runs = Future.succeededFuture(new ArrayList<>());
    for (List<RowChange> changes : alike) {
      runs =
          runs.compose(
              found ->
                  table(changes.getFirst().relation())
                      .onSuccess(table -> found.add(new Run(table, changes)))
                      .map(found));
    }
    return runs;
  }

  private Future<ReplicaTable> table(long relation) {
    var known = tables.get(relation);
    var name = registered.get(relation);
    return known != null && known.schema().equals(name.schema()) && known.name().equals(name.name())
        ? Future.succeededFuture(known)
        : worker.table(name.schema(), name.name()).onSuccess(found -> tables.put(relation, found));
  }
}
