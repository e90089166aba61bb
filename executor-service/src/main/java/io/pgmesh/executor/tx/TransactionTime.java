package io.pgmesh.executor.tx;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Frames;
import io.pgmesh.executor.worker.Listener;
import io.pgmesh.executor.worker.ServerMessages;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** What the coordinator database says of the time, in a form that no setting changes. */
final class TransactionTime {
  private static final Arguments BINARY_ROWS =
      new Arguments(List.of(), List.of(), List.of(), List.of(1));

  private TransactionTime() {}

  /** A binary {@code timestamptz}. */
  static Future<byte[]> ofTransaction(Participant server) {
    return ask(server, "SELECT CURRENT_TIMESTAMP");
  }

  /** A binary {@code timestamptz}. */
  static Future<byte[]> ofStatement(Participant server) {
    return ask(server, "SELECT pg_catalog.statement_timestamp()");
  }

  private static Future<byte[]> ask(Participant server, String question) {
    var answer = new Answer();
    return Flight.extended(server.connection(), new Frames().run(question, BINARY_ROWS), answer)
        .future()
        .compose(done -> answer.time());
  }

  private static final class Answer implements Listener {
    private byte[] time;

    @Override
    public void rows(BackendConnection from, Buffer frames) {
      ServerMessages.eachRow(frames, row -> time = row.getFirst());
    }

    Future<byte[]> time() {
      return time == null
          ? Future.failedFuture(
              new SqlError(SqlState.INTERNAL_ERROR, "the coordinator database told no time"))
          : Future.succeededFuture(time);
    }
  }
}
