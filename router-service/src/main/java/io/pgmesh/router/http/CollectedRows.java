package io.pgmesh.router.http;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.router.session.ResultSink;
import io.pgmesh.router.session.Statements;
import io.pgmesh.router.wire.Backend;
import io.pgmesh.router.wire.Frames;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Gathers a result up to a limit; beyond it the statement is cancelled. */
final class CollectedRows implements ResultSink {
  private final Statements statements;
  private final int maxBytes;
  private final Frames frames = new Frames(Integer.MAX_VALUE);
  private final List<List<byte[]>> rows = new ArrayList<>();
  private List<Backend.Field> fields = List.of();
  private Optional<SqlError> refusal = Optional.empty();
  private long bytes;

  CollectedRows(Statements statements, int maxBytes) {
    this.statements = statements;
    this.maxBytes = maxBytes;
  }

  /** The result's columns. */
  List<Backend.Field> fields() {
    return fields;
  }

  /** Text values; null for NULL. */
  List<List<byte[]>> rows() {
    return rows;
  }

  /** Why the result is not what was asked for, whatever the executor says. */
  Optional<SqlError> refusal() {
    return refusal;
  }

  @Override
  public void description(Buffer frame) {
    var head = new Frames(Integer.MAX_VALUE);
    head.append(frame);
    var message = head.next().orElseThrow();
    if (Backend.CODECS.decode(message.tag(), message.body())
        instanceof Backend.RowDescription(var described)) {
      fields = described;
    }
  }

  @Override
  public void rows(Buffer received) {
    bytes += received.length();
    if (refusal.isPresent()) {
      return;
    }
    if (bytes > maxBytes) {
      refuse(
          SqlState.PROGRAM_LIMIT_EXCEEDED,
          "the result is larger than %d bytes".formatted(maxBytes));
      statements.cancel();
      return;
    }
    frames.append(received);
    for (var frame = frames.next(); frame.isPresent(); frame = frames.next()) {
      if (Backend.CODECS.decode(frame.get().tag(), frame.get().body())
          instanceof Backend.DataRow(var values)) {
        rows.add(values);
      }
    }
  }

  @Override
  public void copyIn(Buffer frame) {
    refuseCopy();
    statements.copyFail("COPY is not possible over HTTP");
  }

  @Override
  public void copyCredit() {}

  @Override
  public void copyOut(Buffer frame) {
    refuseCopy();
    statements.cancel();
  }

  @Override
  public boolean full() {
    return false;
  }

  private void refuseCopy() {
    refuse(SqlState.FEATURE_NOT_SUPPORTED, "COPY is not possible over HTTP");
  }

  private void refuse(SqlState state, String message) {
    rows.clear();
    refusal = Optional.of(new SqlError(state, message));
  }
}
