package io.pgmesh.services.launcher;

import io.pgmesh.services.config.ConfigError;
import io.pgmesh.services.config.ConfigReader;
import io.pgmesh.services.config.MeshConfig;
import io.pgmesh.services.demo.Demo;
import io.pgmesh.services.embedded.FreePorts;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;

/** The commands behind {@code ./pgmesh}. */
public final class Main {
  /** All that the PostgreSQL client tells of it. */
  private static final String HANDSHAKE_FAILED = "SSL handshake failed";

  private static final String ANY_PORT = "0";

  private Main() {}

  public static void main(String[] arguments) {
    int status;
    try {
      status = run(Options.parse(List.of(arguments)), List.of(arguments));
    } catch (UserError | ConfigError e) {
      System.err.println("pgmesh: " + e.getMessage());
      status = 2;
    }
    System.exit(status);
  }

  private static int run(Options options, List<String> arguments) {
    return switch (options.command()) {
      case HELP -> {
        System.out.print(Options.HELP);
        yield 0;
      }
      case UP -> options.detach() ? upDetached(options, arguments) : up(options);
      case DOWN -> Shutdown.run(config(options).data(), System.out::println);
      case DEMO -> demo(options);
    };
  }

  private static MeshConfig config(Options options) {
    var settings = new HashMap<>(options.settings());
    for (String port : List.of("endpoint.port", "http.port")) {
      settings.computeIfPresent(
          port, (name, value) -> value.equals(ANY_PORT) ? "" + FreePorts.one() : value);
    }
    return new ConfigReader(System.getenv()).read(options.config(), settings);
  }

  private static int upDetached(Options options, List<String> arguments) {
    MeshConfig config = config(options);
    Preflight.check(config);
    return DetachedStart.run(config, arguments);
  }

  private static int up(Options options) {
    MeshConfig config = config(options);
    Preflight.check(config);
    Path log = DataFolder.log(config.data());
    System.setProperty("pgmesh.log", log.toString()); // read by logback.xml at the first logger
    var mesh = new Mesh(config, line -> System.out.println("  " + line));
    var stopped = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(mesh::close, "pgmesh-stop"));
    System.out.println("starting a mesh in " + config.data());
    try {
      mesh.start();
      System.out.print(welcome(config));
      stopped.await(); // until a signal ends this process
    } catch (UserError e) {
      throw e;
    } catch (Exception e) {
      Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
      throw new UserError("cannot start: " + reason(cause, config) + " (more in " + log + ")");
    }
    return 0;
  }

  private static int demo(Options options) {
    MeshConfig config = config(options);
    String url =
        options.settings().containsKey("endpoint.port")
            ? Mesh.url(config)
            : DataFolder.runningEndpoint(config.data())
                .orElseThrow(
                    () ->
                        new UserError(
                            "no mesh runs in %s (start one with ./pgmesh up)"
                                .formatted(config.data())));
    try {
      Demo.run(
          "jdbc:" + url.replaceFirst("//([^@]*)@(.*)", "//$2?user=$1") + password(), System.out);
      return 0;
    } catch (SQLException | IOException e) {
      throw new UserError("the demo stopped: " + e.getMessage());
    }
  }

  /** Where the mesh asks for one, as psql takes it. */
  private static String password() {
    String given = System.getenv().getOrDefault("PGPASSWORD", "");
    return given.isEmpty()
        ? ""
        : "&password=" + URLEncoder.encode(given, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String welcome(MeshConfig config) {
    if (!config.runs(MeshConfig.Service.ROUTER)) {
      return "ready: this node runs " + config.services() + "\n";
    }
    return """
        ready: %s %s
        try:   psql '%s'
               curl -s %s%s/sql -H 'content-type: application/json' -d '{"query": "SELECT * FROM citus_nodes"}'
        ./pgmesh down stops it; so does Ctrl-C where it runs
        """
        .formatted(
            Mesh.url(config),
            Mesh.httpUrl(config),
            Mesh.url(config),
            config.endpoint().trustedAddresses().isEmpty()
                ? "--user " + config.servers().user() + " "
                : "",
            Mesh.httpUrl(config));
  }

  private static String reason(Throwable cause, MeshConfig config) {
    String said = firstLine(cause);
    return said.equals(HANDSHAKE_FAILED) ? ServerTls.refused(config) : said;
  }

  private static String firstLine(Throwable cause) {
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return message.lines().findFirst().orElse("").strip();
  }
}
