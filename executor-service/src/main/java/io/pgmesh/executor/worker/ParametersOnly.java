package io.pgmesh.executor.worker;

import java.util.function.BiConsumer;

/**
 * Hears what reported parameters become while the mesh runs statements of its own.
 *
 * @param client told a parameter's name and value
 */
public record ParametersOnly(BiConsumer<String, String> client) implements Listener {
  @Override
  public void parameter(String name, String value) {
    client.accept(name, value);
  }
}
