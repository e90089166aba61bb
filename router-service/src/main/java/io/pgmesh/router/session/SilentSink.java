package io.pgmesh.router.session;

import io.vertx.core.buffer.Buffer;

/** A sink that drops everything, but for what it overrides. */
interface SilentSink extends ResultSink {
  @Override
  default void description(Buffer frame) {}

  @Override
  default void rows(Buffer frames) {}

  @Override
  default void copyIn(Buffer frame) {}

  @Override
  default void copyCredit() {}

  @Override
  default void copyOut(Buffer frame) {}

  @Override
  default boolean full() {
    return false;
  }
}
