package io.pgmesh.services.launcher;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The command line.
 *
 * @param settings by their path in mesh.yaml: they win over the file
 */
record Options(
    Command command, Optional<Path> config, Map<String, String> settings, boolean detach) {

  enum Command {
    UP,
    DOWN,
    DEMO,
    HELP
  }

  /** Options that are a setting of mesh.yaml. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "--data", "data",
          "--port", "endpoint.port",
          "--http-port", "http.port",
          "--workers", "embedded.workers",
          "--services", "services");

  static final String HELP =
      """
      usage: ./pgmesh <command> [options]

        up      start a mesh on this machine; Ctrl-C stops it
          --data DIR         where it keeps everything (default .pgmesh)
          --port N           PostgreSQL clients (default 6432)
          --http-port N      HTTP clients (default 8432)
          --workers N        embedded PostgreSQL workers (default 2)
          --config FILE      settings, see deploy/mesh.yaml; options win over the file
          --services LIST    of metadata,executor,replication,router (default all)
          --detach           return when the mesh is ready; stop it with ./pgmesh down
        down    stop the mesh of a data folder
          --data DIR
        psql    psql on a running mesh; what follows -- goes to psql
          --data DIR
        demo    tables and queries of an ads business on a running mesh
          --data DIR
          --port N
        test    build and run every test
      """;

  Options {
    settings = Map.copyOf(settings);
  }

  static Options parse(List<String> words) {
    var rest = new ArrayDeque<>(words);
    if (rest.isEmpty() || words.contains("--help") || words.contains("-h")) {
      return new Options(Command.HELP, Optional.empty(), Map.of(), false);
    }
    Command command = command(rest.pop());
    Optional<Path> config = Optional.empty();
    var settings = new LinkedHashMap<String, String>();
    boolean detach = false;
    while (!rest.isEmpty()) {
      String[] option = rest.pop().split("=", 2);
      requireFor(command, option[0]);
      if (option[0].equals("--detach") && option.length == 1) {
        detach = true;
      } else if (option[0].equals("--config")) {
        config = Optional.of(Path.of(value(option, rest)));
      } else if (SETTINGS.containsKey(option[0])) {
        settings.put(SETTINGS.get(option[0]), value(option, rest));
      } else {
        throw new UserError("unknown option " + option[0] + " (./pgmesh --help lists them)");
      }
    }
    return new Options(command, config, settings, detach);
  }

  private static void requireFor(Command command, String option) {
    boolean forAll = option.equals("--data") || option.equals("--config");
    boolean forDemo = option.equals("--port") && command == Command.DEMO;
    boolean known = SETTINGS.containsKey(option) || option.equals("--detach");
    if (command != Command.UP && known && !forAll && !forDemo) {
      throw new UserError(
          "option " + option + " is not for " + command.name().toLowerCase(Locale.ROOT));
    }
  }

  private static Command command(String word) {
    return switch (word) {
      case "up" -> Command.UP;
      case "down" -> Command.DOWN;
      case "demo" -> Command.DEMO;
      case "help" -> Command.HELP;
      default -> throw new UserError("unknown command " + word + " (./pgmesh --help lists them)");
    };
  }

  private static String value(String[] option, ArrayDeque<String> rest) {
    if (option.length == 2) {
      return option[1];
    }
    if (rest.isEmpty() || rest.peek().startsWith("--")) {
      throw new UserError("option " + option[0] + " needs a value");
    }
    return rest.pop();
  }
}
