package io.pgmesh.services.launcher;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The folder of an embedded mesh: {@code coordinator/}, {@code worker-1/} …, {@code kafka/}, {@code
 * pgmesh.log}, a version, a lock that ends with this process however that ends, and the loopback's
 * secret.
 */
final class DataFolder implements AutoCloseable {
  /** Grows when an older launcher could not use what a newer one wrote, or the other way round. */
  private static final String VERSION = "pgmesh 1, postgresql 18";

  private final Path folder;
  private final FileChannel lockFile;
  private final FileLock lock;

  private DataFolder(Path folder, FileChannel lockFile, FileLock lock) {
    this.folder = folder;
    this.lockFile = lockFile;
    this.lock = lock;
  }

  /**
   * Takes a folder, which is made when it does not exist.
   *
   * @throws UsageError when another mesh has it, or it is of another version, or is something else
   */
  static DataFolder take(Path folder) throws IOException {
    Path absolute = folder.toAbsolutePath().normalize();
    checkVersion(absolute);
    Files.createDirectories(absolute);
    FileChannel channel =
        FileChannel.open(
            absolute.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = tryLock(channel);
    if (lock == null) {
      channel.close();
      throw new UsageError(
          "a mesh is running on " + absolute + ": stop it with ./pgmesh down --data " + folder);
    }
    Files.writeString(absolute.resolve("version"), VERSION + "\n");
    Files.writeString(absolute.resolve("pid"), ProcessHandle.current().pid() + "\n");
    return new DataFolder(absolute, channel, lock);
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException thisProcess) {
      return null;
    }
  }

  private static void checkVersion(Path folder) throws IOException {
    Path file = folder.resolve("version");
    if (Files.exists(file)) {
      String found = Files.readString(file).strip();
      if (!found.equals(VERSION)) {
        throw new UsageError(
            folder + " was made by another version (" + found + "), this one is " + VERSION);
      }
    } else if (Files.exists(folder) && !isEmpty(folder)) {
      throw new UsageError(folder + " is not empty and not a data folder of pgmesh");
    }
  }

  private static boolean isEmpty(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (var files = Files.list(folder)) {
      return files.allMatch(file -> file.endsWith("lock"));
    }
  }

  Path coordinator() {
    return folder.resolve("coordinator");
  }

  /** From 1. */
  Path worker(int number) {
    return folder.resolve("worker-" + number);
  }

  Path kafka() {
    return folder.resolve("kafka");
  }

  /** The password of the loopback, made at the first start. */
  String loopbackSecret() throws IOException {
    Path file = folder.resolve("loopback.secret");
    if (!Files.exists(file)) {
      var random = new byte[24];
      new SecureRandom().nextBytes(random);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, HexFormat.of().formatHex(random));
    }
    return Files.readString(file).strip();
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(folder.resolve("pid"));
    lock.release();
    lockFile.close();
    Files.deleteIfExists(folder.resolve("lock"));
  }
}
