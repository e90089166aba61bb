package io.pgmesh.executor.worker;

import io.netty.buffer.ByteBuf;
import io.pgmesh.contracts.error.SqlError;
import io.vertx.core.buffer.Buffer;

/** Who hears a server's answers to one flight: all frames up to its ReadyForQuery. */
interface Replies {

  /** Whole DataRow or CopyData frames. */
  void rows(Buffer frames);

  /**
   * Any other frame but ReadyForQuery.
   *
   * @param body what follows tag and length; {@code body.readerIndex() - 5} is the tag's place.
   *     Good during the call only
   */
  void frame(char tag, ByteBuf body);

  /** The flight is over. */
  void ready(char transactionStatus);

  /** The connection broke; no other call follows. */
  void lost(SqlError cause);
}
