package io.pgmesh.services.launcher;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the command line of {@code up} says; what it leaves out comes from the configuration.
 *
 * @param dataFolder of the embedded servers
 */
record Options(
    Path dataFolder,
    Optional<Integer> port,
    Optional<Integer> httpPort,
    Optional<Integer> workers,
    Optional<Path> config,
    Optional<Set<Service>> services) {

  static final Path DEFAULT_DATA_FOLDER = Path.of(".pgmesh");
  private static final int MAX_WORKERS = 64;

  /**
   * @param arguments without the command
   * @throws UsageError naming the option that is wrong
   */
  static Options parse(List<String> arguments) {
    var options =
        new Options(
            DEFAULT_DATA_FOLDER,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    Deque<String> rest = new ArrayDeque<>();
    for (String argument : arguments) {
      int equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
      if (equals > 0) {
        rest.add(argument.substring(0, equals));
        rest.add(argument.substring(equals + 1));
      } else {
        rest.add(argument);
      }
    }
    while (!rest.isEmpty()) {
      String name = rest.poll();
      options = options.with(name, rest);
    }
    return options;
  }

  private Options with(String name, Deque<String> rest) {
    return switch (name) {
      case "--data" ->
          new Options(Path.of(value(name, rest)), port, httpPort, workers, config, services);
      case "--port" ->
          new Options(
              dataFolder, Optional.of(port(name, rest)), httpPort, workers, config, services);
      case "--http-port" ->
          new Options(dataFolder, port, Optional.of(port(name, rest)), workers, config, services);
      case "--workers" ->
          new Options(
              dataFolder,
              port,
              httpPort,
              Optional.of(number(name, rest, 1, MAX_WORKERS)),
              config,
              services);
      case "--config" ->
          new Options(
              dataFolder,
              port,
              httpPort,
              workers,
              Optional.of(Path.of(value(name, rest))),
              services);
      case "--services" ->
          new Options(
              dataFolder,
              port,
              httpPort,
              workers,
              config,
              Optional.of(Service.parse(value(name, rest))));
      default -> throw new UsageError("unknown option '" + name + "': see ./pgmesh --help");
    };
  }

  private static String value(String name, Deque<String> rest) {
    String value = rest.poll();
    if (value == null || value.isEmpty()) {
      throw new UsageError("option " + name + " needs a value");
    }
    return value;
  }

  private static int port(String name, Deque<String> rest) {
    return number(name, rest, 1, 65535);
  }

  private static int number(String name, Deque<String> rest, int least, int most) {
    String value = value(name, rest);
    try {
      int number = Integer.parseInt(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // said below
    }
    throw new UsageError(
        "option "
            + name
            + " needs a number between "
            + least
            + " and "
            + most
            + ", not '"
            + value
            + "'");
  }
}
