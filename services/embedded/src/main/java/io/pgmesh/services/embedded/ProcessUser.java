package io.pgmesh.services.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** The user of this process, by number: in a container it may have no name. */
final class ProcessUser {
  private ProcessUser() {}

  static int id() {
    try {
      return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid"); // of the link's target
    } catch (IOException e) {
      throw new UncheckedIOException("cannot tell which user runs this", e);
    }
  }

  static int ownerOf(Path path) throws IOException {
    return (int) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
  }
}
