package io.pgmesh.replication.apply;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;

/** SQL that lies beside this class. */
final class SqlResource {
  private SqlResource() {}

  static String read(String name) {
    try (var in = SqlResource.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
