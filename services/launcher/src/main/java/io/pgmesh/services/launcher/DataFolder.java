package io.pgmesh.services.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a node keeps.
 *
 * <pre>
 * version      of this layout
 * lock         process id of the running node, which holds a lock on the file
 * endpoint     URL for PostgreSQL clients of the running node
 * secret       password of the loopback
 * cluster      name of this folder's own cluster
 * log/         pgmesh.log, up.log of a detached start
 * coordinator/ worker-1/ worker-2/ … kafka/   the embedded servers
 * </pre>
 */
final class DataFolder implements AutoCloseable {
  private static final String VERSION = "1";
  private static final int SECRET_BYTES = 24;
  private static final int NAME_BYTES = 6;

  private final Path path;
  private final FileChannel lockFile;

  private DataFolder(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /**
   * Makes the folder if it is not there, and locks it.
   *
   * @throws UserError if another node uses it, or it is not a data folder of this version
   */
  static DataFolder open(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    try {
      Files.createDirectories(absolute.resolve("log"));
      checkVersion(absolute);
      return new DataFolder(absolute, lock(absolute));
    } catch (IOException e) {
      throw new UserError("cannot use the data folder " + absolute + ": " + reason(e));
    }
  }

  /** The node that runs on a folder, if any does. */
  static Optional<ProcessHandle> runningNode(Path path) {
    Path file = path.toAbsolutePath().resolve("lock");
    try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      FileLock free = channel.tryLock();
      if (free != null) {
        free.release();
        return Optional.empty();
      }
      return ProcessHandle.of(Long.parseLong(Files.readString(file).strip()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | NumberFormatException e) {
      throw new UserError("cannot read " + file + ": " + reason(e));
    }
  }

  Path path() {
    return path;
  }

  Path folder(String name) {
    return path.resolve(name);
  }

  Path log() {
    return path.resolve("log/pgmesh.log");
  }

  /** Folders of workers that an earlier start has made, by position from 1. */
  int knownWorkers() {
    int position = 0;
    while (Files.isDirectory(folder("worker-" + (position + 1)))) {
      position++;
    }
    return position;
  }

  /** Made at the first start. */
  String secret() {
    return kept("secret", SECRET_BYTES);
  }

  /** Made at the first start. */
  String clusterName() {
    return "pgmesh-" + kept("cluster", NAME_BYTES);
  }

  /** Lets other programs find the running node. */
  void publishEndpoint(String url) {
    try {
      Files.writeString(path.resolve("endpoint"), url + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the use of the folder by this process. */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(path.resolve("endpoint"));
    Files.deleteIfExists(path.resolve("lock"));
    lockFile.close();
  }

  private String kept(String name, int bytes) {
    Path file = path.resolve(name);
    try {
      if (!Files.exists(file)) {
        byte[] random = new byte[bytes];
        new SecureRandom().nextBytes(random);
        Path fresh = path.resolve(name + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(
            fresh,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, HexFormat.of().formatHex(random));
        Files.move(fresh, file); // whole or not at all
      }
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UserError("cannot use " + file + ": " + reason(e));
    }
  }

  private static void checkVersion(Path path) throws IOException {
    Path file = path.resolve("version");
    if (Files.exists(file)) {
      String found = Files.readString(file).strip();
      if (!found.equals(VERSION)) {
        throw new UserError(
            "the data folder "
                + path
                + " has version "
                + found
                + ", this pgmesh uses version "
                + VERSION
                + ": use another one with --data");
      }
      return;
    }
    try (Stream<Path> entries = Files.list(path)) {
      if (entries.anyMatch(entry -> !entry.endsWith("log"))) {
        throw new UserError(
            path + " is not a data folder of pgmesh and not empty: use another one with --data");
      }
    }
    Files.writeString(file, VERSION + "\n");
  }

  private static FileChannel lock(Path path) throws IOException {
    Path file = path.resolve("lock");
    while (true) {
      var channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (!taken(channel)) {
        channel.close();
        throw new UserError("a mesh runs on " + path + " already (./pgmesh down stops it)");
      }
      if (sameFile(channel, file)) {
        return channel;
      }
      channel.close(); // the node before has deleted the file between our opening and locking it
    }
  }

  private static boolean taken(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) { // this very process
      return false;
    }
  }

  /** Writes the process id through the channel and looks for it under the name. */
  private static boolean sameFile(FileChannel channel, Path file) throws IOException {
    String id = ProcessHandle.current().pid() + "\n";
    channel.truncate(0);
    channel.write(java.nio.ByteBuffer.wrap(id.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    return Files.exists(file) && Files.readString(file).equals(id);
  }

  private static String reason(Exception e) {
    return e.getClass().getSimpleName() + " " + e.getMessage();
  }
}
