package io.pgmesh.loadtests.gatling;

import io.gatling.app.Gatling$;
import io.pgmesh.loadtests.gatling.simulation.Dashboard;
import io.pgmesh.loadtests.gatling.simulation.DashboardHttp;
import io.pgmesh.loadtests.gatling.simulation.Ingest;
import io.pgmesh.loadtests.gatling.simulation.RampUp;
import io.pgmesh.loadtests.gatling.simulation.Storm;
import io.pgmesh.loadtests.gatling.simulation.TenantMix;
import io.pgmesh.loadtests.gatling.simulation.TenantMixHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.prefs.Preferences;

/** Runs simulations one after the other: {@code Main FOLDER [name ...]}. */
public final class Main {
  private static final Map<String, Class<?>> SIMULATIONS = new LinkedHashMap<>();

  static {
    SIMULATIONS.put("tenant-mix", TenantMix.class);
    SIMULATIONS.put("tenant-mix-http", TenantMixHttp.class);
    SIMULATIONS.put("dashboard", Dashboard.class);
    SIMULATIONS.put("dashboard-http", DashboardHttp.class);
    SIMULATIONS.put("ingest", Ingest.class);
    SIMULATIONS.put("storm", Storm.class);
    SIMULATIONS.put("ramp-up", RampUp.class);
  }

  /**
   * How a simulation ended.
   *
   * @param report the folder, if it got so far
   */
  public record Result(String name, boolean passed, Optional<Path> report) {}

  private Main() {}

  /** The names of all simulations. */
  public static List<String> names() {
    return List.copyOf(SIMULATIONS.keySet());
  }

  public static void main(String[] arguments) throws IOException {
    var asked = List.of(arguments).subList(1, arguments.length);
    var unknown = asked.stream().filter(name -> !SIMULATIONS.containsKey(name)).toList();
    if (!unknown.isEmpty()) {
      System.err.println("no simulation " + unknown + "; there are " + names());
      System.exit(2);
    }
    var results = new ArrayList<Result>();
    for (String name : asked.isEmpty() ? names() : asked) {
      results.add(run(Path.of(arguments[0]), name));
    }
    System.out.println();
    results.forEach(Main::print);
    System.exit(results.stream().allMatch(Result::passed) ? 0 : 1);
  }

  /** Gatling asks a server on the internet for its newest version, unless it did so just now. */
  private static void askNobodyForVersions() {
    var lastAnswer = Preferences.userRoot().node("/io/gatling/latestVersion");
    lastAnswer.putLong("lastCheckTimestamp", System.currentTimeMillis());
    lastAnswer.putBoolean("lastCheckSuccess", false);
  }

  /** Runs one and writes its report into a new folder within this one. */
  public static Result run(Path folder, String name) throws IOException {
    var own = Files.createDirectories(folder.resolve(name));
    boolean passed = false;
    askNobodyForVersions();
    try {
      String simulation = SIMULATIONS.get(name).getName();
      String[] options = {"--simulation", simulation, "--results-folder", own.toString()};
      passed = Gatling$.MODULE$.fromArgs(options) == 0;
    } catch (RuntimeException e) {
      System.err.println(name + " did not run to its end: " + e);
    }
    return new Result(name, passed, newest(own));
  }

  private static Optional<Path> newest(Path folder) throws IOException {
    try (var reports = Files.list(folder)) {
      return reports
          .filter(report -> Files.exists(report.resolve("index.html")))
          .max((one, other) -> one.getFileName().compareTo(other.getFileName()));
    }
  }

  private static void print(Result result) {
    String report =
        result.report().map(path -> path.resolve("index.html").toString()).orElse("no report");
    System.out.printf(
        "%-20s %s %s%n", result.name(), result.passed() ? "passed" : "FAILED", report);
  }
}
