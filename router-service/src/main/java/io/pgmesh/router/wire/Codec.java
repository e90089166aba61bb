package io.pgmesh.router.wire;

import java.util.function.BiConsumer;
import java.util.function.Function;

/** How one type of message is read and written: a row of a {@link CodecTable}. */
record Codec<M>(char tag, Class<M> type, Function<In, M> decode, BiConsumer<Out, M> encode) {

  /** A message without a body. */
  static <M> Codec<M> empty(char tag, Class<M> type, M message) {
    return new Codec<>(tag, type, in -> message, (out, ignored) -> {});
  }
}
