package io.pgmesh.executor.tx;

import io.pgmesh.executor.worker.RowReader;
import io.vertx.core.Future;
import java.nio.ByteBuffer;

/** What {@code now()} is in a transaction, in a form that no setting changes. */
final class TransactionTime {
  private static final String MICROSECONDS_SINCE_2000 =
      "SELECT (extract(epoch FROM pg_catalog.now()) * 1000000)::pg_catalog.int8 - 946684800000000";

  private TransactionTime() {}

  /** A binary {@code timestamptz}. */
  static Future<byte[]> ask(Participant server) {
    return RowReader.simple(server.connection(), MICROSECONDS_SINCE_2000)
        .map(rows -> binary(Long.parseLong(rows.getFirst().getFirst())));
  }

  private static byte[] binary(long microseconds) {
    return ByteBuffer.allocate(Long.BYTES).putLong(microseconds).array();
  }
}
