package io.pgmesh.loadtests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

class BenchmarksTest {

  /** Nothing is measured: their inputs are made, and what they are of is called. */
  @Test
  void each_benchmark_runs_once_with_each_of_its_inputs() throws Exception {
    var once =
        new OptionsBuilder()
            .mode(Mode.SingleShotTime)
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    assertThat(new Runner(once).run())
        .extracting(result -> result.getParams().getBenchmark())
        .anyMatch(name -> name.contains("Lexer"))
        .anyMatch(name -> name.contains("StatementCache"))
        .anyMatch(name -> name.contains("KeyHash"))
        .anyMatch(name -> name.contains("Frames"))
        .anyMatch(name -> name.contains("CopySplitter"));
  }
}
