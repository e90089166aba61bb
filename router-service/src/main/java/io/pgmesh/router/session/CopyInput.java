package io.pgmesh.router.session;

import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.router.wire.Frontend;
import io.vertx.core.buffer.Buffer;

/** COPY data from a client to an executor: small messages are joined, large ones cut. */
final class CopyInput {
  private final Statements statements;
  private Buffer gathered = Buffer.buffer();
  private int at;
  private boolean ended;
  private boolean doneSent;

  CopyInput(Statements statements) {
    this.statements = statements;
  }

  /** Whether another message may be taken. */
  boolean ready() {
    return !ended && gathered.length() - at < SessionCommand.BATCH_BYTES;
  }

  /**
   * @return false when the message has no place in a COPY
   */
  boolean take(Frontend message) {
    switch (message) {
      case Frontend.CopyData data -> {
        gathered.appendBuffer(data.bytes());
        sendWhole();
      }
      case Frontend.CopyDone done -> {
        ended = true;
        send();
      }
      case Frontend.CopyFail fail -> fail(fail.reason());
      case Frontend.Malformed malformed -> fail(malformed.error().fields().message());
      case Frontend.Flush flush -> {}
      case Frontend.Sync sync -> {} // sent along with Execute: the one behind the data counts
      default -> {
        fail("unexpected message during COPY from stdin");
        return false;
      }
    }
    return true;
  }

  /** Sends what credit allows, as when no more has arrived for now or credit came. */
  void send() {
    sendWhole();
    if (gathered.length() > at && statements.copyCredit() > 0) {
      chunk(gathered.length() - at);
    }
    if (ended && at == gathered.length() && !doneSent) {
      doneSent = true;
      statements.copyDone();
    }
  }

  private void sendWhole() {
    while (gathered.length() - at >= SessionCommand.BATCH_BYTES && statements.copyCredit() > 0) {
      chunk(SessionCommand.BATCH_BYTES);
    }
  }

  private void chunk(int length) {
    statements.copyData(gathered.getBuffer(at, at + length));
    at += length;
    if (at == gathered.length()) {
      gathered = Buffer.buffer();
      at = 0;
    }
  }

  private void fail(String reason) {
    ended = true;
    doneSent = true;
    gathered = Buffer.buffer();
    at = 0;
    statements.copyFail(reason);
  }
}
