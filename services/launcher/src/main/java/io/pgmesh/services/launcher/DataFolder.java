package io.pgmesh.services.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * What a node keeps.
 *
 * <pre>
 * version      of this layout; the running node holds a lock on the file
 * pid          process id of the running node
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
  private static final int VERSION_MAX_BYTES = 64;

  /**
   * Folders of this process: closing any second channel of a file would let go of the lock on it.
   */
  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileChannel locked;

  private DataFolder(Path path, FileChannel locked) {
    this.path = path;
    this.locked = locked;
  }

  /**
   * Makes the folder if it is not there, and locks it.
   *
   * @throws UserError if another node uses it, or it is not a data folder of this version
   */
  static DataFolder open(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    if (!OPEN.add(absolute)) {
      throw inUse(absolute);
    }
    try {
      var folder = new DataFolder(absolute, lock(absolute));
      Files.writeString(absolute.resolve("pid"), ProcessHandle.current().pid() + "\n");
      return folder;
    } catch (IOException e) {
      OPEN.remove(absolute);
      throw new UserError("cannot use the data folder " + absolute + ": " + reason(e));
    } catch (UserError e) {
      OPEN.remove(absolute);
      throw e;
    }
  }

  /**
   * @throws UserError if a node of another process uses the folder
   */
  static void requireFree(Path path) {
    if (runningNode(path).isPresent()) {
      throw inUse(path);
    }
  }

  /** The node of another process that runs on a folder, if any does. */
  static Optional<ProcessHandle> runningNode(Path path) {
    Path file = path.resolve("version");
    try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (channel.tryLock() != null) {
        return Optional.empty();
      }
      return ProcessHandle.of(Long.parseLong(Files.readString(path.resolve("pid")).strip()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | NumberFormatException e) {
      throw new UserError("cannot read the data folder " + path + ": " + reason(e));
    }
  }

  Path folder(String name) {
    return path.resolve(name);
  }

  /** The file that a node of this folder logs to. */
  static Path log(Path path) {
    return path.toAbsolutePath().resolve("log/pgmesh.log");
  }

  /** Removes what a node tells others, also for one that was killed. */
  static void forgetNode(Path path) {
    try {
      Files.deleteIfExists(path.resolve("endpoint"));
      Files.deleteIfExists(path.resolve("pid"));
    } catch (IOException e) {
      throw new UserError("cannot write to the data folder " + path + ": " + reason(e));
    }
  }

  /** What {@link #publishEndpoint} of the running node has said. */
  static Optional<String> runningEndpoint(Path path) {
    try {
      return Optional.of(Files.readString(path.resolve("endpoint")).strip());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UserError("cannot read the data folder " + path + ": " + reason(e));
    }
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
    forgetNode(path);
    locked.close();
    OPEN.remove(path);
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

  private static FileChannel lock(Path path) throws IOException {
    Files.createDirectories(path.resolve("log"));
    Path file = path.resolve("version");
    if (!Files.exists(file)) {
      requireNothingElse(path);
    }
    var channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() == null) {
        throw inUse(path);
      }
      checkVersion(channel, path);
      return channel;
    } catch (IOException | UserError e) {
      channel.close();
      throw e;
    }
  }

  private static void checkVersion(FileChannel channel, Path path) throws IOException {
    var bytes = ByteBuffer.allocate(VERSION_MAX_BYTES);
    channel.read(bytes, 0);
    String found = StandardCharsets.UTF_8.decode(bytes.flip()).toString().strip();
    if (found.isEmpty()) {
      channel.write(StandardCharsets.UTF_8.encode(VERSION + "\n"), 0);
    } else if (!found.equals(VERSION)) {
      throw new UserError(
          "the data folder %s has version %s, this pgmesh uses version %s: use another with --data"
              .formatted(path, found, VERSION));
    }
  }

  private static void requireNothingElse(Path path) throws IOException {
    try (Stream<Path> entries = Files.list(path)) {
      if (entries.anyMatch(entry -> !entry.endsWith("log"))) {
        throw new UserError(
            path + " is not a data folder of pgmesh and not empty: use another with --data");
      }
    }
  }

  private static UserError inUse(Path path) {
    return new UserError("a mesh runs on " + path + " already (./pgmesh down stops it)");
  }

  private static String reason(Exception e) {
    return e.getClass().getSimpleName() + " " + e.getMessage();
  }
}
