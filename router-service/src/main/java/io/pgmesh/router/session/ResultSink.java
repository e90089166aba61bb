package io.pgmesh.router.session;

import io.vertx.core.buffer.Buffer;

/**
 * Takes what a running statement gives before it ends. Frames are whole messages, to be relayed.
 */
public interface ResultSink {

  /** A RowDescription or NoData message, all formats as the server sent them. */
  void description(Buffer frame);

  /** DataRow messages, or CopyData messages of a COPY out. */
  void rows(Buffer frames);

  /** A CopyInResponse: the client may send. */
  void copyIn(Buffer frame);

  /** The executor took chunks: more may be sent. */
  void copyCredit();

  /** A CopyOutResponse. */
  void copyOut(Buffer frame);

  /** Whether no more rows should come until {@link ExecutorChannel#grantCredit} is called. */
  boolean full();
}
