package io.pgmesh.metadata.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The SQL that makes the catalog, in the order in which it runs; each file may run again.
 *
 * @param texts one a file, ready to run
 * @param version changes with any file
 */
record InstallScript(List<String> texts, String version) {

  private static final List<String> FILES =
      List.of(
          "01-schemas",
          "02-types",
          "03-tables",
          "04-loopback",
          "05-helpers",
          "06-snapshot",
          "07-nodes",
          "08-commands",
          "09-hash",
          "10-shard-ddl",
          "11-checks",
          "12-distribute",
          "13-reference",
          "14-undistribute",
          "15-objects",
          "16-sizes",
          "17-views",
          "18-partial-results",
          "19-ddl-guard",
          "20-node-checks",
          "21-carried-objects",
          "22-cursors");

  InstallScript {
    texts = List.copyOf(texts);
  }

  /**
   * @param catalogSchema where clients find the catalog: {@code pg_catalog} or {@code citus}
   */
  static InstallScript forSchema(String catalogSchema) {
    List<String> texts =
        FILES.stream().map(file -> read(file).replace("@catalog@", catalogSchema)).toList();
    return new InstallScript(texts, digest(String.join("\n", texts)));
  }

  private static String read(String file) {
    try (InputStream in = InstallScript.class.getResourceAsStream("sql/" + file + ".sql")) {
      if (in == null) {
        throw new IllegalStateException("missing resource " + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
