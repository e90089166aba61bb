package io.pgmesh.router.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.router.wire.Backend;
import io.pgmesh.router.wire.Frontend;
import io.pgmesh.router.wire.Frontend.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of the executor for a Parse, and when. */
@Timeout(60)
class ParseTest {
  @TempDir static Path folder;
  private static RouterUnderTest router;

  @BeforeAll
  static void start() throws Exception {
    router = new RouterUnderTest(folder.resolve("data"), false, 5_000);
  }

  @AfterAll
  static void stop() throws Exception {
    router.close();
  }

  private static RawClient ready() throws IOException {
    var client = RawClient.ready(router.port);
    router.executor.commands.clear();
    return client;
  }

  private static Frontend.Parse parse(String name, String sql) {
    return new Frontend.Parse(name, sql, List.of());
  }

  private static Frontend.Bind bind(String name) {
    return new Frontend.Bind("", name, List.of(), List.of(), List.of());
  }

  private static long questions() {
    return router.executor.commands.stream()
        .filter(SessionCommand.Inspect.class::isInstance)
        .count();
  }

  @Test
  void a_batch_makes_no_trip_more_and_a_lone_parse_one() throws Exception {
    try (var client = ready()) {
      client.send(
          parse("", "select 1"),
          bind(""),
          new Frontend.Describe(Target.PORTAL, ""),
          new Frontend.Execute("", 0),
          new Frontend.Sync());
      assertThat(client.summaryUntilReady()).contains("Row[1]");
      assertThat(questions()).isZero();
      client.send(parse("s", "select 2 as two"), new Frontend.Sync());
      assertThat(client.summaryUntilReady()).containsExactly("ParseComplete", "Ready I");
      assertThat(questions()).isEqualTo(1);
      client.send(
          parse("t", "select 2 as two"),
          new Frontend.Describe(Target.STATEMENT, "t"),
          new Frontend.Sync());
      assertThat(client.untilReady()).hasSize(4);
      assertThat(questions()).isEqualTo(1);
    }
  }

  @Test
  void it_waits_for_the_message_behind_it() throws Exception {
    try (var client = ready()) {
      client.send(parse("", "select 3"));
      client.send(bind(""), new Frontend.Execute("", 0), new Frontend.Sync());
      assertThat(client.summaryUntilReady()).contains("Row[3]");
      assertThat(questions()).isZero();
      client.send(parse("", "select absent"));
      client.send(new Frontend.Flush());
      assertThat(RawClient.summary(client.receive())).isEqualTo("Error 42703");
      client.send(new Frontend.Sync());
      assertThat(client.receive()).isInstanceOf(Backend.ReadyForQuery.class);
    }
  }

  @Test
  void one_that_is_larger_than_what_is_read_ahead_does_not_wait() throws Exception {
    try (var client = ready()) {
      client.send(parse("", "select '" + "x".repeat(1 << 20) + "' from absent"));
      assertThat(RawClient.summary(client.receive())).isEqualTo("Error 42P01");
    }
  }

  @Test
  void what_fails_in_the_same_pipeline_takes_back_what_ran() throws Exception {
    try (var client = ready()) {
      client.send(
          parse("", "create table taken_back (a int)"),
          bind(""),
          new Frontend.Execute("", 0),
          parse("", "select b from taken_back"),
          new Frontend.Sync());
      assertThat(client.summaryUntilReady()).endsWith("CREATE TABLE", "Error 42703", "Ready I");
      client.send(new Frontend.Query("select to_regclass('taken_back')"));
      assertThat(client.summaryUntilReady()).contains("Row[null]");
    }
  }
}
