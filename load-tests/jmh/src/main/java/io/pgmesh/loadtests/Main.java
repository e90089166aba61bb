package io.pgmesh.loadtests;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/**
 * Runs the benchmarks and prints a table: nanoseconds and bytes of garbage an operation, medians.
 */
public final class Main {
  private static final int WARM_UP_SECONDS = 3;
  private static final int ITERATIONS_A_SECOND = 2;
  private static final String GARBAGE = "gc.alloc.rate.norm";

  private record Row(String name, String input, Statistics nanos, double bytes) {}

  private Main() {}

  /**
   * @param arguments seconds of measuring and forks of each benchmark, then expressions that select
   *     some
   */
  public static void main(String[] arguments) throws RunnerException {
    int seconds = Integer.parseInt(arguments[0]);
    int forks = Integer.parseInt(arguments[1]);
    var options =
        new OptionsBuilder()
            .mode(Mode.AverageTime)
            .timeUnit(TimeUnit.NANOSECONDS)
            .forks(forks)
            .warmupIterations(WARM_UP_SECONDS)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(seconds * ITERATIONS_A_SECOND)
            .measurementTime(TimeValue.milliseconds(1000 / ITERATIONS_A_SECOND))
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
    for (int i = 2; i < arguments.length; i++) {
      options.include(arguments[i]);
    }
    print(new Runner(options.build()).run());
  }

  private static void print(Collection<RunResult> results) {
    List<Row> rows = results.stream().map(Main::row).toList();
    System.out.println("| benchmark | input | ns | least to most | bytes |");
    System.out.println("|---|---|---:|---:|---:|");
    for (Row row : rows) {
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %s | %s to %s | %.0f |%n",
          row.name,
          row.input,
          number(row.nanos.getPercentile(50)),
          number(row.nanos.getMin()),
          number(row.nanos.getMax()),
          row.bytes);
    }
  }

  private static Row row(RunResult result) {
    Result<?> time = result.getPrimaryResult();
    String[] path = result.getParams().getBenchmark().split("\\.");
    String name = path[path.length - 2] + "." + path[path.length - 1];
    List<String> parameters =
        result.getParams().getParamsKeys().stream().map(result.getParams()::getParam).toList();
    Result<?> garbage = result.getSecondaryResults().get(GARBAGE);
    return new Row(
        name,
        String.join(" ", parameters).toLowerCase(Locale.ROOT).replace('_', ' '),
        time.getStatistics(),
        garbage == null ? 0 : garbage.getScore());
  }

  private static String number(double nanos) {
    return String.format(Locale.ROOT, nanos < 100 ? "%.1f" : "%.0f", nanos);
  }
}
