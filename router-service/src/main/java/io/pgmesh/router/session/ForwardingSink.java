package io.pgmesh.router.session;

import io.vertx.core.buffer.Buffer;

/** A sink that gives another one everything, but for what it overrides. */
interface ForwardingSink extends ResultSink {
  /** Gets what this one gets. */
  ResultSink sink();

  @Override
  default void description(Buffer frame) {
    sink().description(frame);
  }

  @Override
  default void rows(Buffer frames) {
    sink().rows(frames);
  }

  @Override
  default void copyIn(Buffer frame) {
    sink().copyIn(frame);
  }

  @Override
  default void copyCredit() {
    sink().copyCredit();
  }

  @Override
  default void copyOut(Buffer frame) {
    sink().copyOut(frame);
  }

  @Override
  default boolean full() {
    return sink().full();
  }
}
