package io.pgmesh.services.mesh;

import io.pgmesh.services.embedded.FolderTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder of servers that outlive one test class or one method: deleted when they are stopped. */
public record TestFolder(Path path) implements AutoCloseable {

  public static TestFolder make() {
    try {
      return new TestFolder(Files.createTempDirectory("pgmesh-test"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    FolderTree.delete(path);
  }
}
