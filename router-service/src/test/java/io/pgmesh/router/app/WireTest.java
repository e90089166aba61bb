package io.pgmesh.router.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.router.wire.Backend;
import io.pgmesh.router.wire.Frontend;
import io.pgmesh.router.wire.Frontend.Target;
import io.pgmesh.router.wire.Startup;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The protocol seen from a socket. */
@Timeout(60)
class WireTest {
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
    return RawClient.ready(router.port);
  }

  private static RawClient startup(int minor, String... parameters) throws IOException {
    var map = new java.util.LinkedHashMap<String, String>();
    for (int i = 0; i < parameters.length; i += 2) {
      map.put(parameters[i], parameters[i + 1]);
    }
    var client = new RawClient(router.port);
    client.send(Startup.frame(new Startup.StartupMessage(3, minor, map)));
    return client;
  }

  private static Frontend parse(String name, String sql) {
    return new Frontend.Parse(name, sql, List.of());
  }

  private static Frontend bind(String portal, String statement, String... values) {
    return new Frontend.Bind(
        portal,
        statement,
        List.of(),
        Arrays.stream(values).map(String::getBytes).toList(),
        List.of());
  }

  private static Frontend execute(String portal, int maxRows) {
    return new Frontend.Execute(portal, maxRows);
  }

  // ---- startup

  @Test
  void refusals_at_startup_have_the_states_of_postgresql() throws Exception {
    assertRefused(startup(0, "user", "postgres", "database", "other"), "3D000");
    assertRefused(startup(0, "user", "nobody", "database", "postgres"), "28000");
    assertRefused(startup(0, "user", "nologin", "database", "postgres"), "28000");
    assertRefused(startup(0, "database", "postgres"), "28000");
    assertRefused(
        startup(0, "user", "postgres", "database", "postgres", "replication", "true"), "0A000");
    var old = new RawClient(router.port);
    old.send(Startup.frame(new Startup.StartupMessage(2, 0, Map.of("user", "postgres"))));
    assertRefused(old, "0A000");
  }

  private static void assertRefused(RawClient client, String state) throws IOException {
    try (client) {
      assertThat(RawClient.summary(client.receive())).isEqualTo("Error " + state);
      assertThat(client.closed()).isTrue();
    }
  }

  @Test
  void newer_minor_versions_are_negotiated() throws Exception {
    try (var client = startup(2, "user", "postgres", "database", "postgres", "_pq_.unknown", "1")) {
      var messages = client.untilReady();
      assertThat(messages.getFirst())
          .isEqualTo(new Backend.NegotiateProtocolVersion(0, List.of("_pq_.unknown")));
      assertThat(messages)
          .anyMatch(
              message ->
                  message instanceof Backend.ParameterStatus(String name, String value)
                      && name.equals("server_version"))
          .anyMatch(message -> message instanceof Backend.BackendKeyData);
    }
  }

  @Test
  void startup_is_bounded_in_size_and_time() throws Exception {
    try (var client = new RawClient(router.port)) {
      client.send(Buffer.buffer().appendInt(10_001).appendInt(3 << 16));
      assertThat(RawClient.summary(client.receive())).isEqualTo("Error 08P01");
      assertThat(client.closed()).isTrue();
    }
    try (var silent = new RawClient(router.port)) {
      assertThat(silent.closed()).isTrue();
    }
  }

  @Test
  void gss_encryption_is_declined_and_startup_goes_on() throws Exception {
    try (var client = new RawClient(router.port)) {
      client.send(Startup.frame(new Startup.GssEncryptionRequest()));
      assertThat((char) client.readByte()).isEqualTo('N');
      client.send(
          Startup.frame(
              new Startup.StartupMessage(
                  3, 0, Map.of("user", "postgres", "database", "postgres"))));
      assertThat(client.untilReady()).isNotEmpty();
    }
  }

  @Test
  void data_behind_an_ssl_request_is_refused() throws Exception {
    try (var client = new RawClient(router.port)) {
      client.send(
          Startup.frame(new Startup.SslRequest())
              .appendBuffer(
                  Startup.frame(new Startup.StartupMessage(3, 0, Map.of("user", "postgres")))));
      assertThat(RawClient.summary(client.receive())).isEqualTo("Error 08P01");
      assertThat(client.closed()).isTrue();
    }
  }

  @Test
  void the_loopback_role_must_show_its_password() throws Exception {
    try (var client =
        startup(0, "user", "pgmesh_loopback", "database", "postgres", "application_name", "x")) {
      assertThat(client.receive()).isEqualTo(Backend.Authentication.sasl(List.of("SCRAM-SHA-256")));
      client.send(new Frontend.Query("select 1"));
      assertThat(RawClient.summary(client.receive())).isEqualTo("Error 08P01");
    }
  }

  @Test
  void more_clients_than_the_limit_are_refused() throws Exception {
    var clients = new ArrayList<RawClient>();
    try {
      String last = "";
      for (int i = 0; i < 25 && last.isEmpty(); i++) {
        var client = startup(0, "user", "postgres", "database", "postgres");
        clients.add(client);
        if (client.receive() instanceof Backend.ErrorResponse(var error)) {
          last = error.code();
        }
      }
      assertThat(last).isEqualTo("53300");
    } finally {
      for (var client : clients) {
        client.close();
      }
    }
    for (int i = 0; i < 50; i++) { // room again, as soon as the router has heard of it
      try (var client = startup(0, "user", "postgres", "database", "postgres")) {
        if (!(client.receive() instanceof Backend.ErrorResponse)) {
          return;
        }
      }
      Thread.sleep(20);
    }
    throw new AssertionError("no room after clients left");
  }

  // ---- messages

  @Test
  void oversized_and_unknown_messages_end_the_connection() throws Exception {
    try (var client = ready()) {
      client.send(Buffer.buffer().appendByte((byte) 'Q').appendInt((16 << 20) + 5));
      assertThat(RawClient.summary(client.receive())).isEqualTo("Error 08P01");
      assertThat(client.closed()).isTrue();
    }
    try (var client = ready()) {
      client.send(Buffer.buffer().appendByte((byte) 'y').appendInt(4));
      assertThat(RawClient.summary(client.receive())).isEqualTo("Error 08P01");
      assertThat(client.closed()).isTrue();
    }
  }

  @Test
  void a_message_with_a_wrong_body_is_an_error() throws Exception {
    try (var client = ready()) {
      client.send(Buffer.buffer().appendByte((byte) 'S').appendInt(5).appendByte((byte) 0));
      assertThat(client.summaryUntilReady()).containsExactly("Error 08P01", "Ready I");
    }
  }

  @Test
  void messages_may_arrive_byte_by_byte() throws Exception {
    try (var client = ready()) {
      Buffer bytes = Frontend.CODECS.frame(new Frontend.Query("select 1"));
      for (int i = 0; i < bytes.length(); i++) {
        client.send(bytes.slice(i, i + 1));
      }
      assertThat(client.summaryUntilReady())
          .containsExactly("RowDescription", "Row[1]", "SELECT 1", "Ready I");
    }
  }

  @Test
  void empty_queries_are_answered() throws Exception {
    try (var client = ready()) {
      for (String sql : new String[] {"", " ;; ", "-- nothing"}) {
        client.send(new Frontend.Query(sql));
        assertThat(client.summaryUntilReady()).containsExactly("EmptyQueryResponse", "Ready I");
      }
      client.send(parse("", ""), bind("", ""), execute("", 0), new Frontend.Sync());
      assertThat(client.summaryUntilReady())
          .containsExactly("ParseComplete", "BindComplete", "EmptyQueryResponse", "Ready I");
    }
  }

  @Test
  void several_statements_answer_one_by_one_and_stop_at_an_error() throws Exception {
    try (var client = ready()) {
      client.send(new Frontend.Query("select 1; select 2 where false; select 1/0; select 3"));
      assertThat(client.summaryUntilReady())
          .containsExactly(
              "RowDescription",
              "Row[1]",
              "SELECT 1",
              "RowDescription",
              "SELECT 0",
              "Error 22012",
              "Ready I");
      client.send(new Frontend.Query("begin; select 1; commit; select 2"));
      assertThat(client.summaryUntilReady())
          .containsExactly(
              "BEGIN",
              "RowDescription",
              "Row[1]",
              "SELECT 1",
              "COMMIT",
              "RowDescription",
              "Row[2]",
              "SELECT 1",
              "Ready I");
    }
  }

  // ---- the extended protocol

  @Test
  void a_pipeline_is_answered_in_order() throws Exception {
    try (var client = ready()) {
      var messages = new ArrayList<Frontend>();
      messages.add(parse("s", "select $1::int"));
      for (int i = 0; i < 500; i++) {
        messages.add(bind("", "s", "" + i));
        messages.add(new Frontend.Describe(Target.PORTAL, ""));
        messages.add(execute("", 0));
        messages.add(new Frontend.Sync());
      }
      client.send(messages.toArray(Frontend[]::new));
      assertThat(RawClient.summary(client.receive())).isEqualTo("ParseComplete");
      for (int i = 0; i < 500; i++) {
        assertThat(client.summaryUntilReady())
            .containsExactly(
                "BindComplete", "RowDescription", "Row[" + i + "]", "SELECT 1", "Ready I");
      }
    }
  }

  @Test
  void after_an_error_messages_are_skipped_up_to_sync() throws Exception {
    try (var client = ready()) {
      client.send(
          parse("", "select 1/0"),
          bind("", ""),
          execute("", 0),
          parse("", "select 1"),
          bind("", ""),
          execute("", 0),
          new Frontend.Sync(),
          parse("", "select 2"),
          bind("", ""),
          execute("", 0),
          new Frontend.Sync());
      assertThat(client.summaryUntilReady())
          .containsExactly("ParseComplete", "BindComplete", "Error 22012", "Ready I");
      assertThat(client.summaryUntilReady())
          .containsExactly("ParseComplete", "BindComplete", "Row[2]", "SELECT 1", "Ready I");
    }
  }

  @Test
  void statements_before_one_sync_are_one_transaction() throws Exception {
    try (var client = ready()) {
      client.send(new Frontend.Query("create table piped (a int)"));
      client.untilReady();
      client.send(
          parse("", "insert into piped values (1)"),
          bind("", ""),
          execute("", 0),
          parse("", "select 1/0"),
          bind("", ""),
          execute("", 0),
          new Frontend.Sync());
      assertThat(client.summaryUntilReady()).endsWith("Error 22012", "Ready I");
      client.send(new Frontend.Query("select count(*) from piped"));
      assertThat(client.summaryUntilReady()).contains("Row[0]");
    }
  }

  @Test
  void a_portal_gives_its_rows_in_parts() throws Exception {
    try (var client = ready()) {
      client.send(
          parse("", "select generate_series(1, 3)"),
          bind("p", ""),
          execute("p", 2),
          new Frontend.Flush());
      for (String expected :
          List.of("ParseComplete", "BindComplete", "Row[1]", "Row[2]", "PortalSuspended")) {
        assertThat(RawClient.summary(client.receive())).isEqualTo(expected);
      }
      client.send(execute("p", 2), execute("p", 2), new Frontend.Sync());
      assertThat(client.summaryUntilReady())
          .containsExactly("Row[3]", "SELECT 1", "SELECT 0", "Ready I");
      client.send(execute("p", 0), new Frontend.Sync());
      assertThat(client.summaryUntilReady()).containsExactly("Error 34000", "Ready I");
    }
  }

  @Test
  void a_portal_that_has_completed_gives_no_more_rows() throws Exception {
    try (var client = ready()) {
      client.send(new Frontend.Query("create table ended (a int)"));
      client.untilReady();
      client.send(new Frontend.Query("begin"));
      client.untilReady();
      assertTwice(client, "select 1", "Row[1]", "SELECT 1", "SELECT 0");
      assertTwice(
          client, "insert into ended values (2) returning a", "Row[2]", "INSERT 0 1", "INSERT 0 0");
      assertTwice(client, "update ended set a = 3 returning a", "Row[3]", "UPDATE 1", "UPDATE 0");
      assertTwice(client, "delete from ended returning a", "Row[3]", "DELETE 1", "DELETE 0");
      assertTwice(client, "show server_encoding", "Row[UTF8]", "SHOW", "SHOW");
      assertTwice(client, "", "EmptyQueryResponse", "EmptyQueryResponse");
      client.send(new Frontend.Query("commit"));
      client.untilReady();
      assertRunsOnce(client, "insert into ended values (4)");
      assertRunsOnce(client, "create table ended_too as select 1 as a");
    }
  }

  private static void assertRunsOnce(RawClient client, String sql) throws IOException {
    client.send(new Frontend.Query("begin"));
    client.untilReady();
    client.send(parse("", sql), bind("once", ""), execute("once", 0), new Frontend.Sync());
    assertThat(client.summaryUntilReady()).endsWith("Ready T");
    client.send(execute("once", 0), new Frontend.Sync());
    assertThat(client.summaryUntilReady()).containsExactly("Error 55000", "Ready E");
    client.send(execute("once", 0), new Frontend.Sync());
    assertThat(client.summaryUntilReady()).containsExactly("Error 25P02", "Ready E");
    client.send(new Frontend.Query("rollback"));
    assertThat(client.summaryUntilReady()).containsExactly("ROLLBACK", "Ready I");
  }

  private static void assertTwice(RawClient client, String sql, String... answers)
      throws IOException {
    client.send(parse("", sql), bind("p", ""), execute("p", 0), new Frontend.Sync());
    var expected = new ArrayList<>(List.of("ParseComplete", "BindComplete"));
    expected.addAll(List.of(answers).subList(0, answers.length - 1));
    expected.add("Ready T");
    assertThat(client.summaryUntilReady()).isEqualTo(expected);
    client.send(execute("p", 0), new Frontend.Sync());
    assertThat(client.summaryUntilReady()).containsExactly(answers[answers.length - 1], "Ready T");
    client.send(new Frontend.Close(Target.PORTAL, "p"), new Frontend.Sync());
    client.untilReady();
  }

  @Test
  void describe_of_a_statement_tells_parameters_and_columns() throws Exception {
    try (var client = ready()) {
      client.send(
          parse("s", "select $1::int + 1 as n"),
          new Frontend.Describe(Target.STATEMENT, "s"),
          new Frontend.Sync());
      var messages = client.untilReady();
      assertThat(messages.get(1)).isEqualTo(new Backend.ParameterDescription(List.of(23L)));
      assertThat(messages.get(2)).isInstanceOf(Backend.RowDescription.class);
      client.send(
          new Frontend.Bind("", "s", List.of(1), List.of(new byte[] {0, 0, 0, 41}), List.of(1)),
          new Frontend.Describe(Target.PORTAL, ""),
          execute("", 0),
          new Frontend.Sync());
      messages = client.untilReady();
      assertThat(((Backend.RowDescription) messages.get(1)).fields().getFirst().format())
          .isEqualTo(1);
      assertThat(((Backend.DataRow) messages.get(2)).values().getFirst())
          .containsExactly(0, 0, 0, 42);
    }
  }

  @Test
  void names_are_minded() throws Exception {
    try (var client = ready()) {
      client.send(parse("s", "select 1"), parse("s", "select 1"), new Frontend.Sync());
      assertThat(client.summaryUntilReady())
          .containsExactly("ParseComplete", "Error 42P05", "Ready I");
      client.send(bind("", "unknown"), new Frontend.Sync());
      assertThat(client.summaryUntilReady()).containsExactly("Error 26000", "Ready I");
      client.send(bind("p", "s"), bind("p", "s"), new Frontend.Sync());
      assertThat(client.summaryUntilReady())
          .containsExactly("BindComplete", "Error 42P03", "Ready I");
      client.send(parse("", "select 1; select 2"), new Frontend.Sync());
      assertThat(client.summaryUntilReady()).containsExactly("Error 42601", "Ready I");
      client.send(
          new Frontend.Close(Target.STATEMENT, "s"),
          new Frontend.Close(Target.PORTAL, "nothing"),
          bind("", "s"),
          new Frontend.Sync());
      assertThat(client.summaryUntilReady())
          .containsExactly("CloseComplete", "CloseComplete", "Error 26000", "Ready I");
    }
  }

  @Test
  void deallocate_and_discard_drop_statements_made_by_parse() throws Exception {
    try (var client = ready()) {
      client.send(parse("one", "select 1"), parse("Two", "select 2"), new Frontend.Sync());
      client.untilReady();
      client.send(new Frontend.Query("deallocate ONE"));
      assertThat(client.summaryUntilReady()).containsExactly("DEALLOCATE", "Ready I");
      client.send(bind("", "one"), new Frontend.Sync());
      assertThat(client.summaryUntilReady()).containsExactly("Error 26000", "Ready I");
      client.send(bind("", "Two"), new Frontend.Sync());
      assertThat(client.summaryUntilReady()).containsExactly("BindComplete", "Ready I");
      client.send(new Frontend.Query("discard all"));
      assertThat(client.summaryUntilReady()).containsExactly("DISCARD ALL", "Ready I");
      client.send(bind("", "Two"), new Frontend.Sync());
      assertThat(client.summaryUntilReady()).containsExactly("Error 26000", "Ready I");
    }
  }

  @Test
  void prepare_and_parse_share_their_names() throws Exception {
    try (var client = ready()) {
      client.send(parse("one", "select 40 + $1::int"), new Frontend.Sync());
      client.untilReady();
      client.send(new Frontend.Query("prepare one as select 1"));
      assertThat(client.summaryUntilReady()).containsExactly("Error 42P05", "Ready I");
      client.send(new Frontend.Query("execute one (2)"));
      assertThat(client.summaryUntilReady())
          .containsExactly("RowDescription", "Row[42]", "SELECT 1", "Ready I");
      client.send(new Frontend.Query("execute one"));
      assertThat(client.summaryUntilReady()).containsExactly("Error 42601", "Ready I");

      client.send(new Frontend.Query("prepare \"Two\" (int) as select 1 + $1"));
      assertThat(client.summaryUntilReady()).containsExactly("PREPARE", "Ready I");
      client.send(parse("Two", "select 2"), new Frontend.Sync());
      assertThat(client.summaryUntilReady()).containsExactly("Error 42P05", "Ready I");
      client.send(bind("", "Two", "3"), execute("", 0), new Frontend.Sync());
      assertThat(client.summaryUntilReady())
          .containsExactly("BindComplete", "Row[4]", "SELECT 1", "Ready I");
      client.send(new Frontend.Close(Target.STATEMENT, "Two"), new Frontend.Sync());
      assertThat(client.summaryUntilReady()).containsExactly("CloseComplete", "Ready I");
      client.send(new Frontend.Query("execute \"Two\" (3)"));
      assertThat(client.summaryUntilReady()).containsExactly("Error 26000", "Ready I");
      client.send(new Frontend.Query("prepare \"Two\" as select 1"));
      assertThat(client.summaryUntilReady()).containsExactly("PREPARE", "Ready I");
    }
  }

  @Test
  void deallocate_of_a_described_portal_has_no_rows() throws Exception {
    try (var client = ready()) {
      client.send(
          parse("one", "select 1"),
          parse("", "deallocate one"),
          bind("", ""),
          new Frontend.Describe(Target.PORTAL, ""),
          execute("", 0),
          new Frontend.Sync());
      assertThat(client.summaryUntilReady())
          .containsExactly(
              "ParseComplete", "ParseComplete", "BindComplete", "NoData", "DEALLOCATE", "Ready I");
    }
  }

  @Test
  void an_error_of_the_router_s_own_fails_the_transaction() throws Exception {
    try (var client = ready()) {
      client.send(new Frontend.Query("begin; create table never (a int)"));
      client.untilReady();
      client.send(bind("", "unknown"), new Frontend.Sync());
      assertThat(client.summaryUntilReady()).containsExactly("Error 26000", "Ready E");
      client.send(new Frontend.Query("select 1"));
      assertThat(client.summaryUntilReady()).containsExactly("Error 25P02", "Ready E");
      client.send(new Frontend.Query("commit"));
      assertThat(client.summaryUntilReady()).containsExactly("ROLLBACK", "Ready I");
      client.send(
          parse("", "create table never (a int)"),
          bind("", ""),
          execute("", 0),
          bind("", "unknown"),
          execute("", 0),
          new Frontend.Sync());
      assertThat(client.summaryUntilReady()).endsWith("Error 26000", "Ready I");
      client.send(new Frontend.Query("select to_regclass('never')"));
      assertThat(client.summaryUntilReady()).contains("Row[null]");
    }
  }

  // ---- COPY

  @Test
  void a_failed_copy_leaves_the_session_usable() throws Exception {
    try (var client = ready()) {
      client.send(new Frontend.Query("create table filled (a int)"));
      client.untilReady();
      client.send(new Frontend.Query("copy filled from stdin"));
      assertThat(RawClient.summary(client.receive())).isEqualTo("CopyInResponse");
      client.send(new Frontend.CopyData(Buffer.buffer("1\n")), new Frontend.CopyFail("enough"));
      assertThat(client.untilReady().getFirst())
          .isInstanceOfSatisfying(
              Backend.ErrorResponse.class,
              error -> {
                assertThat(error.error().code()).isEqualTo("57014");
                assertThat(error.error().message()).isEqualTo("COPY from stdin failed: enough");
              });
      client.send(new Frontend.Query("copy filled from stdin"));
      assertThat(RawClient.summary(client.receive())).isEqualTo("CopyInResponse");
      client.send(new Frontend.CopyData(Buffer.buffer("1\n2")), new Frontend.Query("select 1"));
      assertThat(client.summaryUntilReady().getFirst()).startsWith("Error ");
      client.send(new Frontend.CopyDone(), new Frontend.Query("select 7"));
      assertThat(client.summaryUntilReady()).contains("Row[7]");
      client.send(
          new Frontend.Query("copy filled from stdin"),
          new Frontend.CopyData(Buffer.buffer("1\n2")),
          new Frontend.CopyData(Buffer.buffer("3\n")),
          new Frontend.CopyDone());
      assertThat(client.summaryUntilReady()).containsExactly("CopyInResponse", "COPY 2", "Ready I");
      client.send(new Frontend.Query("copy filled to stdout"));
      assertThat(client.summaryUntilReady())
          .containsExactly(
              "CopyOutResponse", "CopyData", "CopyData", "CopyDone", "COPY 2", "Ready I");
    }
  }

  @Test
  void copy_works_in_the_extended_protocol() throws Exception {
    try (var client = ready()) {
      client.send(new Frontend.Query("create table extended_copy (a int)"));
      client.untilReady();
      client.send(
          parse("", "copy extended_copy from stdin"),
          bind("", ""),
          execute("", 0),
          new Frontend.Sync(), // libpq sends this one along; it counts for nothing
          new Frontend.CopyData(Buffer.buffer("1\n")),
          new Frontend.CopyDone(),
          new Frontend.Sync());
      assertThat(client.summaryUntilReady())
          .containsExactly("ParseComplete", "BindComplete", "CopyInResponse", "COPY 1", "Ready I");
    }
  }

  @Test
  void copy_data_reaches_the_executor_in_chunks() throws Exception {
    try (var client = ready()) {
      client.send(new Frontend.Query("create table chunks (a text)"));
      client.untilReady();
      router.executor.commands.clear();
      client.send(new Frontend.Query("copy chunks from stdin"));
      client.receive();
      client.send(new Frontend.CopyData(Buffer.buffer(("x".repeat(999) + "\n").repeat(1000))));
      client.send(new Frontend.CopyDone());
      assertThat(client.summaryUntilReady()).containsExactly("COPY 1000", "Ready I");
      var chunks =
          router.executor.commands.stream()
              .filter(SessionCommand.CopyData.class::isInstance)
              .map(SessionCommand.CopyData.class::cast)
              .toList();
      assertThat(chunks).hasSize(16);
      assertThat(chunks).allMatch(chunk -> chunk.bytes().length() <= SessionCommand.BATCH_BYTES);
    }
  }

  // ---- the end of sessions

  @Test
  void a_client_that_goes_away_ends_its_session() throws Exception {
    router.executor.commands.clear();
    ready().close();
    for (int i = 0; i < 100; i++) {
      if (router.executor.commands.stream().anyMatch(SessionCommand.Close.class::isInstance)) {
        return;
      }
      Thread.sleep(20);
    }
    throw new AssertionError("the executor was not told");
  }

  @Test
  void a_wrong_cancel_key_cancels_nothing() throws Exception {
    try (var client = ready()) {
      client.send(new Frontend.Query("select pg_sleep(0.5)"));
      try (var other = new RawClient(router.port)) {
        other.send(Startup.frame(new Startup.CancelRequest(1, 2)));
        assertThat(other.closed()).isTrue();
      }
      assertThat(client.summaryUntilReady()).contains("SELECT 1");
    }
  }
}
