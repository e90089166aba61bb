package io.pgmesh.replication.apply;

import io.pgmesh.contracts.replica.ReplicaTable;
import io.pgmesh.contracts.replica.RowChange;
import io.pgmesh.replication.apply.ChangeLog.Registered;
import io.pgmesh.replication.apply.WorkerReplicas.Applied;
import io.pgmesh.replication.change.Piece;
import io.pgmesh.replication.change.PieceReader;
import io.pgmesh.replication.kafka.ChangeTopic;
import io.pgmesh.replication.kafka.ChangeTopic.Received;
import io.pgmesh.replication.kafka.PieceSource;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the topic's transactions to one worker, in order, each exactly once: the position is
 * saved by the worker's transaction that applies, and whatever is not behind it is skipped. Several
 * small transactions share a commit; a large one is applied while it arrives and holds one piece in
 * memory. After any failure it begins again at the saved position.
 */
public final class Applier {
  private static final Logger LOG = LoggerFactory.getLogger(Applier.class);

  private static final int QUEUE_PIECES = 64;
  private static final int BATCH_TRANSACTIONS = 200;
  private static final long RETRY_MIN_MILLIS = 100;
  private static final long RETRY_MAX_MILLIS = 2000;
  private static final long PARTIAL_MILLIS = 15_000;
  private static final long PREPARED_MILLIS = 20;

  private final Vertx vertx;
  private final Context context;
  private final ChangeLog log;
  private final ChangeTopic topic;
  private final PgConnectOptions options;
  private final UUID mesh;
  private final int group;
  private final Listener listener;

  private boolean stopped;
  private int life; // grows with every new beginning: callbacks of an earlier one are ignored
  private long retryMillis = RETRY_MIN_MILLIS;
  private String lastFailure = "";

  private WorkerReplicas worker;
  private PieceSource source;
  private final Deque<Received> queue = new ArrayDeque<>();
  private final Map<Long, ReplicaTable> tables = new HashMap<>();
  private Map<Long, Registered> registered = Map.of();
  private boolean busy;
  private boolean paused;
  private boolean open; // a worker transaction
  private int transactions; // whole ones in it
  private PieceReader partial; // the transaction that is arriving
  private long partialSince;
  private Applied committed;
  private Applied pending;

  /** Hears how an applier gets on, on its context. */
  public interface Listener {
    /** The worker has committed everything up to a position. */
    void applied(int group, long position);

    /** The topic lacks what comes after a position. */
    void missing(int group, long position);

    /** Nothing can be applied until the applier reports a position again. */
    void broken(int group, String reason);
  }

  /** Belongs to the context that it is made on. */
  public Applier(Vertx vertx, ChangeLog log, ChangeTopic topic, Target target, Listener listener) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.log = log;
    this.topic = topic;
    this.options = new PgConnectOptions(target.options()).setCachePreparedStatements(true);
    this.mesh = target.mesh();
    this.group = target.group();
    this.listener = listener;
  }

  /** The worker that an applier serves. */
  public record Target(int group, UUID mesh, PgConnectOptions options) {}

  public void start() {
    begin();
  }

  public Future<Void> stop() {
    stopped = true;
    return end();
  }

  /** The tables' definitions may have changed. */
  public void forgetTables() {
    tables.clear();
  }

  /** Whether it waits for the topic and nothing else. */
  public boolean idle() {
    return worker != null && source != null && !busy && queue.isEmpty() && partial == null;
  }

  private void begin() {
    int now = ++life;
    PgConnection.connect(vertx, options)
        .compose(connection -> open(connection).onFailure(failure -> connection.close()))
        .compose(opened -> now == life ? read(opened, now) : opened.close())
        .onFailure(failure -> fail(now, failure));
  }

  private Future<WorkerReplicas> open(PgConnection connection) {
    return WorkerReplicas.open(connection, mesh, group);
  }

  private Future<Void> read(WorkerReplicas opened, int now) {
    worker = opened;
    worker.closeHandler(closed -> fail(now, new IllegalStateException("worker connection closed")));
    return Future.all(log.startOf(group), log.trimmed())
        .compose(known -> begin(known.resultAt(0), known.resultAt(1)))
        .compose(
            ready ->
                topic.read(
                    committed.nextOffset(),
                    received -> context.runOnContext(v -> receive(now, received))))
        .compose(
            reading -> {
              if (now != life) {
                return reading.close();
              }
              source = reading;
              listener.applied(group, pending.position());
              return Future.succeededFuture();
            });
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

  private void receive(int now, Received received) {
    if (now != life) {
      return;
    }
    queue.add(received);
    if (queue.size() >= QUEUE_PIECES && !paused && source != null) {
      paused = true;
      source.pause();
    }
    pump();
  }

  private void pump() {
    if (busy || source == null) {
      return;
    }
    if (queue.isEmpty()) {
      if (paused) {
        paused = false;
        source.resume();
      }
      if (partial != null) {
        watchPartial();
      } else if (open) {
        work(this::commit);
      }
      return;
    }
    var next = queue.poll();
    work(() -> take(next));
  }

  /** One step at a time; the next on a fresh stack. */
  private void work(Supplier<Future<Void>> step) {
    int now = life;
    busy = true;
    Future.succeededFuture()
        .compose(begun -> step.get())
        .onComplete(
            done -> {
              if (now != life) {
                return;
              }
              if (done.failed()) {
                fail(now, done.cause());
              } else {
                context.runOnContext(
                    v -> {
                      if (now == life) {
                        busy = false;
                        pump();
                      }
                    });
              }
            });
  }

  private Future<Void> take(Received received) {
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
      listener.missing(group, pending.position());
      return Future.succeededFuture();
    }
    if (carried) {
      return passOver(received);
    }
    return (partial == null ? beginTransaction(piece) : Future.<Void>succeededFuture())
        .compose(v -> apply(piece.position(), partial.read(piece)))
        .compose(v -> piece.last() ? endTransaction(received) : Future.succeededFuture());
  }

  /**
   * The worker got this transaction's rows inside the transaction. Later changes may need them: its
   * part must be committed first, which recovery sees to if nobody else does.
   */
  private Future<Void> passOver(Received received) {
    return commit()
        .compose(v -> whenCommitted(received.piece().carried().transaction(), life))
        .compose(v -> open ? Future.succeededFuture() : open())
        .compose(v -> endTransaction(received));
  }

  private Future<Void> whenCommitted(String transaction, int now) {
    return now != life
        ? Future.failedFuture("the applier has begun anew")
        : worker
            .prepared(transaction)
            .compose(
                waits ->
                    waits
                        ? vertx
                            .timer(PREPARED_MILLIS, TimeUnit.MILLISECONDS)
                            .<Void>mapEmpty()
                            .compose(v -> whenCommitted(transaction, now))
                        : Future.succeededFuture());
  }

  private Future<Void> beginTransaction(Piece first) {
    // alone in its worker transaction, a transaction of many pieces can be given up
    var ready = first.last() ? Future.<Void>succeededFuture() : commit();
    return ready
        .compose(v -> open ? Future.succeededFuture() : open())
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
    return transactions >= BATCH_TRANSACTIONS ? commit() : Future.succeededFuture();
  }

  private Future<Void> commit() {
    if (!open) {
      return Future.succeededFuture();
    }
    var after = pending;
    return worker
        .commit(committed, after)
        .onSuccess(
            done -> {
              committed = after;
              retryMillis = RETRY_MIN_MILLIS;
              lastFailure = "";
              open = false;
              transactions = 0;
              listener.applied(group, after.position());
            });
  }

  private Future<Void> abandon() {
    partial = null;
    open = false;
    transactions = 0;
    return worker.rollback();
  }

  /** A relay that died in the middle of a transaction must not leave its locks here. */
  private void watchPartial() {
    int now = life;
    var watched = partial;
    vertx.setTimer(
        Math.max(1, PARTIAL_MILLIS - partialMillis()),
        timer -> {
          if (now == life && !busy && partial == watched && partialMillis() >= PARTIAL_MILLIS) {
            work(this::abandon);
          }
        });
  }

  private long partialMillis() {
    return (System.nanoTime() - partialSince) / 1_000_000;
  }

  private Future<Void> apply(long position, List<RowChange> changes) {
    partialSince = System.nanoTime();
    Future<Void> applied = Future.succeededFuture();
    for (List<RowChange> run : runs(position, changes)) {
      applied = applied.compose(v -> apply(run));
    }
    return applied;
  }

  private Future<Void> apply(List<RowChange> run) {
    long relation = run.getFirst().relation();
    var known = tables.get(relation);
    var name = registered.get(relation);
    var table =
        known != null && known.schema().equals(name.schema()) && known.name().equals(name.name())
            ? Future.succeededFuture(known)
            : worker
                .table(name.schema(), name.name())
                .onSuccess(found -> tables.put(relation, found));
    return table.compose(found -> worker.apply(found, run));
  }

  /** Consecutive changes of one table, operation and shape; only those that its copy lacks. */
  private List<List<RowChange>> runs(long position, List<RowChange> changes) {
    var runs = new ArrayList<List<RowChange>>();
    for (RowChange change : changes) {
      var copy = registered.get(change.relation());
      if (copy == null || copy.seedPosition() >= position) {
        continue;
      }
      if (runs.isEmpty() || !runs.getLast().getFirst().alike(change)) {
        runs.add(new ArrayList<>());
      }
      runs.getLast().add(change);
    }
    return runs;
  }

  private void fail(int now, Throwable failure) {
    if (now != life || stopped) {
      return;
    }
    var reason = String.valueOf(failure.getMessage());
    if (!reason.equals(lastFailure)) {
      LOG.info("group {}: cannot go on, will try again and again: {}", group, reason);
      lastFailure = reason;
    }
    listener.broken(group, reason);
    int next = life + 1;
    end()
        .onComplete(
            ended ->
                vertx.setTimer(
                    retryMillis,
                    timer -> {
                      if (!stopped && next == life) {
                        retryMillis = Math.min(RETRY_MAX_MILLIS, retryMillis * 2);
                        begin();
                      }
                    }));
  }

  private Future<Void> end() {
    life++;
    var endedWorker = worker;
    var endedSource = source;
    worker = null;
    source = null;
    queue.clear();
    tables.clear();
    busy = false;
    paused = false;
    open = false;
    transactions = 0;
    partial = null;
    var closed = endedSource == null ? Future.<Void>succeededFuture() : endedSource.close();
    return endedWorker == null ? closed : endedWorker.close().compose(v -> closed);
  }
}
