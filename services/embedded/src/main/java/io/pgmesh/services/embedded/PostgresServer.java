package io.pgmesh.services.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A real PostgreSQL server of the embedded binaries, listening on 127.0.0.1 and on a Unix socket in
 * its data folder only, which lets {@code postgres} and any other role in without a password. Runs
 * as {@code nobody} when this process is root, since PostgreSQL refuses root.
 */
public final class PostgresServer implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final PostgresBinaries binaries;
  private final Path folder;
  private final PostgresSettings settings;

  private PostgresServer(PostgresBinaries binaries, Path folder, PostgresSettings settings) {
    this.binaries = binaries;
    this.folder = folder;
    this.settings = settings;
  }

  /**
   * Starts a server on a data folder, which is made when it does not exist, and returns when it
   * answers.
   *
   * @throws IOException with the server's own last log lines when it does not start
   */
  public static PostgresServer start(Path folder, PostgresSettings settings) throws IOException {
    var server = at(folder, settings);
    server.start();
    return server;
  }

  /** The server of a data folder, not started yet. */
  public static PostgresServer at(Path folder, PostgresSettings settings) throws IOException {
    return at(folder, settings, PostgresBinaries.own());
  }

  /** The server of a data folder that programs of some version have made or will make. */
  public static PostgresServer at(
      Path folder, PostgresSettings settings, PostgresBinaries binaries) {
    return new PostgresServer(binaries, folder.toAbsolutePath(), settings);
  }

  /**
   * Stops the server that another process has started on a data folder.
   *
   * @return whether one was running
   */
  public static boolean stopLeftover(Path folder) throws IOException {
    var server = at(folder, PostgresSettings.onFreePort());
    boolean running = server.running();
    server.stop();
    return running;
  }

  public int port() {
    return settings.port();
  }

  public Path folder() {
    return folder;
  }

  /** Process id of the postmaster, from its lock file. */
  public long pid() throws IOException {
    return Long.parseLong(Files.readAllLines(folder.resolve("postmaster.pid")).getFirst().trim());
  }

  /** Whether a server works on this folder, whoever has started it. */
  public boolean running() {
    try {
      return ProcessHandle.of(pid()).filter(this::isPostmaster).isPresent();
    } catch (IOException | NumberFormatException | NoSuchElementException noLockFile) {
      return false;
    }
  }

  /** The lock file of a crashed server names a process that may be another program's now. */
  private boolean isPostmaster(ProcessHandle process) {
    try {
      String command = Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
      return process.isAlive() && List.of(command.split("\0")).contains(folder.toString());
    } catch (IOException ended) {
      return false;
    }
  }

  /** Ends the server as a crash of the machine would: no shutdown, nothing flushed. */
  public void kill() throws IOException {
    var postmaster = ProcessHandle.of(pid()).orElseThrow(() -> new IOException("not running"));
    var all = new ArrayList<>(postmaster.descendants().toList());
    all.add(postmaster);
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(process -> process.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join());
  }

  /**
   * Makes the folder if it does not exist and starts the server; one that runs on it already, left
   * behind by a killed process, is stopped first.
   */
  public void start() throws IOException {
    initialize();
    stop();
    writeConfiguration();
    run(
        "pg_ctl",
        "-D",
        folder.toString(),
        "-w",
        "-t",
        "" + PATIENCE_SECONDS,
        "-l",
        logFile(),
        "start");
  }

  /** Stops the server; open connections are cut. */
  public void stop() throws IOException {
    if (running()) {
      run(
          "pg_ctl",
          "-D",
          folder.toString(),
          "-w",
          "-m",
          "fast",
          "-t",
          "" + PATIENCE_SECONDS,
          "stop");
    }
  }

  @Override
  public void close() throws IOException {
    stop();
  }

  private String logFile() {
    return folder.resolve("server.log").toString();
  }

  /** Made under another name first: a folder that exists is complete. */
  private void initialize() throws IOException {
    if (Files.exists(folder.resolve("PG_VERSION"))) {
      return;
    }
    Path fresh = folder.resolveSibling(folder.getFileName() + ".new");
    FolderTree.delete(fresh);
    Files.createDirectories(fresh);
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwx------"));
    if (root()) {
      execute(List.of("chown", "nobody", fresh.toString()));
      makeParentsTraversable();
    }
    var arguments = new ArrayList<>(List.of("-D", fresh.toString(), "-U", "postgres"));
    arguments.addAll(List.of("-A", "trust", "--no-sync", "-E", "UTF8", "--no-instructions"));
    arguments.addAll(binaries.localeOptions());
    run("initdb", arguments.toArray(String[]::new));
    Files.move(fresh, folder, StandardCopyOption.REPLACE_EXISTING); // an empty one may be there
  }

  private void makeParentsTraversable() throws IOException {
    for (Path parent = folder.getParent(); parent != null; parent = parent.getParent()) {
      var permissions = Files.getPosixFilePermissions(parent);
      var wanted = PosixFilePermissions.fromString("--x--x--x");
      if (!permissions.containsAll(wanted)) {
        permissions.addAll(wanted);
        Files.setPosixFilePermissions(parent, permissions);
      }
    }
  }

  private void writeConfiguration() throws IOException {
    var lines = new ArrayList<String>();
    lines.add("# written at every start");
    lines.add("listen_addresses = '127.0.0.1'");
    lines.add("unix_socket_directories = '.'");
    lines.add("port = " + settings.port());
    for (Map.Entry<String, String> parameter : new TreeMap<>(settings.parameters()).entrySet()) {
      lines.add(parameter.getKey() + " = '" + parameter.getValue().replace("'", "''") + "'");
    }
    Path file = folder.resolve("pgmesh.conf");
    Files.write(file, lines);
    if (root()) {
      execute(List.of("chown", "nobody", file.toString()));
    }
    Path main = folder.resolve("postgresql.conf");
    if (!Files.readString(main).contains("include 'pgmesh.conf'")) {
      Files.writeString(main, Files.readString(main) + "\ninclude 'pgmesh.conf'\n");
    }
  }

  private void run(String program, String... arguments) throws IOException {
    var command = new ArrayList<String>();
    if (root()) {
      command.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
    }
    command.add(binaries.program(program).toString());
    command.addAll(List.of(arguments));
    execute(command);
  }

  private void execute(List<String> command) throws IOException {
    File output =
        File.createTempFile(
            "pgmesh", ".out"); // a pipe would be inherited by the server and never end
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(new File("/"))
              .redirectErrorStream(true)
              .redirectOutput(output)
              .redirectInput(new File("/dev/null"))
              .start();
      if (process.waitFor() != 0) {
        throw new IOException(
            command.getFirst() + " failed: " + Files.readString(output.toPath()) + lastLogLines());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      Files.deleteIfExists(output.toPath());
    }
  }

  private String lastLogLines() throws IOException {
    Path log = Path.of(logFile());
    if (!Files.exists(log)) {
      return "";
    }
    List<String> lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
  }

  private static boolean root() {
    return ProcessUser.id() == 0;
  }
}
