package io.pgmesh.replication.apply;

import io.pgmesh.replication.kafka.ChangeTopic;
import io.pgmesh.replication.kafka.ChangeTopic.Received;
import io.pgmesh.replication.kafka.PieceSource;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the topic's transactions to one worker, in order: brings the pieces that arrive to a
 * {@link TransactionApplier} one after the other, and holds few of them in memory. After any
 * failure it begins again with another connection.
 */
public final class Applier {
  private static final Logger LOG = LoggerFactory.getLogger(Applier.class);

  private static final int QUEUE_PIECES = 64;
  private static final long RETRY_MIN_MILLIS = 100;
  private static final long RETRY_MAX_MILLIS = 2000;
  private static final long PARTIAL_MILLIS = 15_000;

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

  private TransactionApplier applier;
  private PieceSource source;
  private final Deque<Received> queue = new ArrayDeque<>();
  private boolean busy;
  private boolean paused;

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
    if (applier != null) {
      applier.forgetTables();
    }
  }

  /** Whether it waits for the topic and nothing else. */
  public boolean idle() {
    return source != null && !busy && queue.isEmpty() && applier.partial() == null;
  }

  private void begin() {
    int now = ++life;
    PgConnection.connect(vertx, options)
        .compose(
            connection ->
                WorkerReplicas.open(connection, mesh, group)
                    .onFailure(failure -> connection.close()))
        .compose(opened -> now == life ? read(opened, now) : opened.close())
        .onFailure(failure -> fail(now, failure));
  }

  private Future<Void> read(WorkerReplicas worker, int now) {
    var opened = new TransactionApplier(vertx, log, worker, group, new Progress(now));
    applier = opened;
    worker.closeHandler(closed -> fail(now, new IllegalStateException("worker connection closed")));
    return opened
        .begin()
        .compose(
            ready ->
                topic.read(
                    opened.nextOffset(),
                    received -> context.runOnContext(v -> receive(now, received))))
        .compose(
            reading -> {
              if (now != life) {
                return reading.close();
              }
              source = reading;
              listener.applied(group, opened.position());
              return Future.succeededFuture();
            });
  }

  /**
   * What the applier of one life tells. A commit may still be answered after that life's end, and
   * then says nothing about whether anything is applied now.
   */
  private final class Progress implements TransactionApplier.Listener {
    private final int now;

    Progress(int now) {
      this.now = now;
    }

    @Override
    public void committed(long position) {
      if (now != life) {
        return;
      }
      retryMillis = RETRY_MIN_MILLIS;
      lastFailure = "";
      listener.applied(group, position);
    }

    @Override
    public void missing(long position) {
      if (now == life) {
        listener.missing(group, position);
      }
    }
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
      if (applier.partial() != null) {
        watchPartial();
      } else if (applier.hasOpen()) {
        work(applier::commit);
      }
      return;
    }
    var next = queue.poll();
    work(() -> applier.take(next));
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

  /** A relay that died in the middle of a transaction must not leave its locks here. */
  private void watchPartial() {
    int now = life;
    var watched = applier.partial();
    vertx.setTimer(
        Math.max(1, PARTIAL_MILLIS - applier.partialMillis()),
        timer -> {
          if (now == life
              && !busy
              && applier.partial() == watched
              && applier.partialMillis() >= PARTIAL_MILLIS) {
            work(applier::abandon);
          }
        });
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
    var endedApplier = applier;
    var endedSource = source;
    applier = null;
    source = null;
    queue.clear();
    busy = false;
    paused = false;
    var closed = endedSource == null ? Future.<Void>succeededFuture() : endedSource.close();
    return endedApplier == null ? closed : endedApplier.close().compose(v -> closed);
  }
}
