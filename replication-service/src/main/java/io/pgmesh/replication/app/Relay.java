package io.pgmesh.replication.app;

import io.pgmesh.replication.apply.ChangeReader;
import io.pgmesh.replication.apply.ChangeReader.Committed;
import io.pgmesh.replication.apply.ChangeReader.Range;
import io.pgmesh.replication.change.Piece;
import io.pgmesh.replication.change.PieceCutter;
import io.pgmesh.replication.kafka.ChangeTopic;
import io.pgmesh.replication.kafka.PieceWriter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends committed transactions from the change log to the topic, in order of their positions. What
 * was sent but not remembered is sent again; appliers know by the position.
 */
final class Relay {
  private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
  private static final long RETRY_MILLIS = 500;

  /** Writers that commit wait behind the relay when it waits for one that does not get on. */
  private static final String LOCK_TIMEOUT_MILLIS = "2000";

  private final Vertx vertx;
  private final PgConnectOptions coordinator;
  private final ChangeTopic topic;
  private final int recordMaxBytes;
  private final String run = UUID.randomUUID().toString();

  private ChangeReader reader;
  private PieceWriter writer;
  private long relayed;
  private long saved; // the database knows that they are
  private long closed; // everything up to here is in Kafka, or on its way
  private long rewound = Long.MAX_VALUE;
  private boolean running;
  private boolean again;
  private boolean stopped;
  private String failure = "";

  Relay(
      Vertx vertx,
      PgConnectOptions coordinator,
      ChangeTopic topic,
      int recordMaxBytes,
      long relayed) {
    this.vertx = vertx;
    this.coordinator =
        new PgConnectOptions(coordinator)
            .setCachePreparedStatements(true)
            .addProperty("lock_timeout", LOCK_TIMEOUT_MILLIS)
            .addProperty("plan_cache_mode", "force_generic_plan")
            .addProperty("synchronous_commit", "off"); // a lost position only sends more again
    this.topic = topic;
    this.recordMaxBytes = recordMaxBytes;
    this.relayed = relayed;
    this.saved = relayed;
  }

  /** Everything up to here is in Kafka. */
  long relayed() {
    return relayed;
  }

  /** A transaction was committed. */
  void wake(long position) {
    if (!running || position > closed) {
      wake();
    }
  }

  /** There may be something to send. */
  void wake() {
    if (stopped) {
      return;
    }
    if (running) {
      again = true;
      return;
    }
    running = true;
    again = false;
    open().compose(opened -> send()).onComplete(sent -> sent(sent.cause()));
  }

  /** Sends everything after a position once more. */
  void rewind(long position) {
    rewound = Math.min(rewound, position);
    wake();
  }

  Future<Void> stop() {
    stopped = true;
    return close();
  }

  private void sent(Throwable cause) {
    running = false;
    if (stopped) {
      close(); // what was opened meanwhile
      return;
    }
    if (cause == null) {
      failure = "";
      if (again) {
        wake();
      }
      return;
    }
    var reason = String.valueOf(cause.getMessage());
    if (!reason.equals(failure)) {
      LOG.warn("cannot relay changes to Kafka, will try again and again: {}", reason);
      failure = reason;
    }
    close().onComplete(closed -> vertx.setTimer(RETRY_MILLIS, timer -> wake()));
  }

  private Future<Void> open() {
    var opened =
        reader != null
            ? Future.<Void>succeededFuture()
            : PgConnection.connect(vertx, coordinator).onSuccess(this::opened).<Void>mapEmpty();
    return opened.compose(
        v ->
            writer != null
                ? Future.succeededFuture()
                : topic.create().onSuccess(created -> writer = topic.writer()));
  }

  /** After a crash the database may give out positions again that nobody has committed. */
  private void opened(PgConnection connection) {
    reader = new ChangeReader(connection);
    closed = relayed;
  }

  private Future<Void> close() {
    var closedReader = reader;
    var closedWriter = writer;
    reader = null;
    writer = null;
    var closed = closedReader == null ? Future.<Void>succeededFuture() : closedReader.close();
    return closedWriter == null ? closed : closedWriter.close().compose(v -> closed);
  }

  private Future<Void> send() {
    if (rewound < relayed) {
      LOG.info("sends all changes after position {} again", rewound);
      relayed = rewound;
      closed = rewound;
    }
    rewound = Long.MAX_VALUE;
    return reader
        .closed()
        .compose(upTo -> upTo > closed ? send(upTo) : Future.succeededFuture())
        .onSuccess(sent -> saveRelayed());
  }

  /** Nobody waits for it: what is not saved is saved with the next round, or sent again. */
  private void saveRelayed() {
    long now = relayed;
    if (now > saved) {
      reader
          .saveRelayed(now)
          .onSuccess(done -> saved = Math.max(saved, now))
          .onFailure(cause -> LOG.warn("cannot save position {}: {}", now, cause.getMessage()));
    }
  }

  private Future<Void> send(long upTo) {
    closed = upTo;
    long before = relayed;
    var transactions = new Transactions(before);
    return reader
        .read(new Range(before, upTo), transactions::send)
        .compose(v -> transactions.finish())
        .onSuccess(last -> relayed = last)
        .mapEmpty();
  }

  /** Cuts a stream of rows into transactions and pieces. */
  private final class Transactions {
    private long previous;
    private PieceCutter current;

    Transactions(long previous) {
      this.previous = previous;
    }

    Future<Void> send(List<Committed> rows) {
      var pieces = new ArrayList<Piece>();
      for (Committed row : rows) {
        if (current == null || current.position() != row.position()) {
          endCurrent(pieces);
          current = new PieceCutter(run, row.position(), previous, row.carried(), recordMaxBytes);
        }
        row.change().ifPresent(change -> pieces.addAll(current.add(change)));
      }
      return write(pieces);
    }

    /** Answers the last position. */
    Future<Long> finish() {
      var pieces = new ArrayList<Piece>();
      endCurrent(pieces);
      return write(pieces).map(written -> previous);
    }

    private void endCurrent(List<Piece> pieces) {
      if (current != null) {
        pieces.add(current.finish());
        previous = current.position();
        current = null;
      }
    }

    private Future<Void> write(List<Piece> pieces) {
      return Future.all(pieces.stream().map(writer::write).toList()).mapEmpty();
    }
  }
}
