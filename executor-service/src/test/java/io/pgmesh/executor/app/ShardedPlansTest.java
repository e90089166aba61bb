package io.pgmesh.executor.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.CopyFormat;
import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.ShardTarget;
import io.pgmesh.contracts.plan.Plan.ShardedTarget;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.executor.copy.RowWriter;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Plans over the shards of one table: four shards on two workers. */
class ShardedPlansTest {
  private static final int SHARDS = 4;
  private static TestMesh mesh;
  private TestSession session;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    mesh = TestMesh.start(folder);
    mesh.sql(0, "CREATE SEQUENCE numbers; CREATE TABLE source (id int, name text)");
    for (int shard = 0; shard < SHARDS; shard++) {
      mesh.sql(
          group(shard),
          "CREATE TABLE events_" + id(shard) + " (id int PRIMARY KEY, name text, number bigint)");
    }
  }

  @AfterAll
  static void stop() throws Exception {
    mesh.close();
  }

  @BeforeEach
  void open() throws Exception {
    mesh.sql(0, "TRUNCATE source");
    for (int shard = 0; shard < SHARDS; shard++) {
      mesh.sql(group(shard), "TRUNCATE events_" + id(shard));
    }
    session = mesh.session();
  }

  @AfterEach
  void close() {
    session.close();
  }

  private static int group(int shard) {
    return 1 + shard % 2;
  }

  private static long id(int shard) {
    return 102008 + shard;
  }

  private static ShardedTarget target() {
    var shards = new ArrayList<ShardTarget>();
    for (int shard = 0; shard < SHARDS; shard++) {
      int minHash = Integer.MIN_VALUE + shard * (1 << 30);
      shards.add(
          new ShardTarget(mesh.server(group(shard)), id(shard), minHash, "events_" + id(shard)));
    }
    return new ShardedTarget("events", 23, "integer", shards);
  }

  private static List<Task> tasks(String before, String after) {
    var tasks = new ArrayList<Task>();
    for (int shard = 0; shard < SHARDS; shard++) {
      tasks.add(
          new Task(
              mesh.server(group(shard)),
              SqlText.made(before + "events_" + id(shard) + after),
              List.of(id(shard))));
    }
    return tasks;
  }

  private Plan.Scatter all(String columns) {
    return new Plan.Scatter(tasks("SELECT " + columns + " FROM ", ""), new Gather.Concat(), false);
  }

  private long count() {
    return session.run(all("count(*)")).rows().stream()
        .mapToLong(row -> Long.parseLong(row.getFirst()))
        .sum();
  }

  private Plan.CopyIn copy(CopyFormat format, String options, boolean fill) {
    return new Plan.CopyIn(
        target(),
        List.of("id", "name"),
        0,
        format,
        options,
        false,
        fill
            ? List.of(new Plan.FilledColumn("number", "nextval('numbers')", false, false))
            : List.of());
  }

  private TestSession.Answer copyIn(Plan.CopyIn plan, List<byte[]> chunks) {
    session.start(plan, Arguments.NONE, 0);
    session.await(SessionEvent.CopyInReady.class);
    for (byte[] chunk : chunks) {
      session.send(new SessionCommand.CopyData(session.channel(), Buffer.buffer(chunk)));
    }
    session.send(new SessionCommand.CopyDone(session.channel()));
    return session.answer();
  }

  private static byte[] lines(int from, int to) {
    var text = new StringBuilder();
    for (int i = from; i <= to; i++) {
      text.append(i).append("\tname ").append(i).append('\n');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void copy_places_every_row_in_the_shard_that_owns_it() throws Exception {
    var answer =
        copyIn(
            copy(CopyFormat.TEXT_DEFAULT, "", true), List.of(lines(1, 5000), lines(5001, 10000)));
    assertThat(answer.tag()).isEqualTo("COPY 10000");
    assertThat(count()).isEqualTo(10000);
    assertThat(mesh.value(1, "SELECT count(*) > 1000 FROM events_102008")).isEqualTo("t");
    String owned = "SELECT bool_and(hashint4(id) < -1073741824 AND number > 0) FROM events_102008";
    assertThat(mesh.value(1, owned)).isEqualTo("t");
  }

  @ParameterizedTest
  @EnumSource
  void copy_places_rows_by_keys_that_the_coordinator_database_makes(CopyFormat.Kind kind)
      throws Exception {
    mesh.sql(0, "ALTER SEQUENCE numbers RESTART");
    var format =
        switch (kind) {
          case TEXT -> CopyFormat.TEXT_DEFAULT;
          case CSV -> CopyFormat.CSV_DEFAULT;
          case BINARY -> CopyFormat.BINARY_DEFAULT;
        };
    var rows = Buffer.buffer(new RowWriter(format).head());
    for (int i = 1; i <= 1000; i++) {
      rows.appendBytes(oneField(kind, "name " + i));
    }
    rows.appendBytes(new RowWriter(format).tail());
    var key = new Plan.FilledColumn("id", "nextval('numbers')::integer", false, false);
    var plan =
        new Plan.CopyIn(
            target(), List.of("name"), 1, format, "(FORMAT " + kind + ")", false, List.of(key));
    assertThat(copyIn(plan, List.of(rows.getBytes())).tag()).isEqualTo("COPY 1000");
    assertThat(count()).isEqualTo(1000);
    String owned =
        "SELECT bool_and(hashint4(id) < -1073741824 AND name = 'name ' || id) FROM events_102008";
    assertThat(mesh.value(1, owned)).isEqualTo("t");
  }

  private static byte[] oneField(CopyFormat.Kind kind, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return kind == CopyFormat.Kind.BINARY
        ? Buffer.buffer()
            .appendShort((short) 1)
            .appendInt(bytes.length)
            .appendBytes(bytes)
            .getBytes()
        : (value + "\n").getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void copy_of_csv_with_header_and_line_breaks() {
    byte[] csv =
        "id,name\n1,\"two\nlines\"\n2,\n3,\"quo\"\"te\"\n".getBytes(StandardCharsets.UTF_8);
    var format = new CopyFormat(CopyFormat.Kind.CSV, ',', "", true, '"', '"');
    var answer = copyIn(copy(format, "(FORMAT csv, HEADER)", false), List.of(csv));
    assertThat(answer.tag()).isEqualTo("COPY 3");
    assertThat(session.run(all("name")).rows())
        .contains(List.of("two\nlines"), List.of("quo\"te"))
        .contains(java.util.Collections.singletonList(null));
  }

  @Test
  void a_bad_row_fails_the_copy_with_the_clients_line() {
    byte[] text = "1\ta\n2\tb\nx\tc\n".getBytes(StandardCharsets.UTF_8);
    var answer = copyIn(copy(CopyFormat.TEXT_DEFAULT, "", false), List.of(lines(1, 500), text));
    var error = ((SessionEvent.Failed) answer.closing()).error();
    assertThat(error.code()).isEqualTo("22P02");
    assertThat(answer.state().transaction()).isEqualTo('I');
    assertThat(count()).isZero();
  }

  @Test
  void a_duplicate_key_is_told_with_the_clients_line_and_names() {
    var answer =
        copyIn(
            copy(CopyFormat.TEXT_DEFAULT, "", false),
            List.of(lines(1, 500), "77\tagain\n".getBytes(StandardCharsets.UTF_8)));
    var error = ((SessionEvent.Failed) answer.closing()).error();
    assertThat(error.code()).isEqualTo("23505");
    assertThat(error.get("n")).isEqualTo("events_pkey");
    assertThat(error.get("W")).contains("COPY events, line 501");
  }

  @Test
  void copy_into_a_read_only_transaction_is_refused_before_the_client_sends_rows() {
    for (String begin : List.of("BEGIN READ ONLY", "BEGIN")) {
      session.verb(Plan.Transaction.Verb.BEGIN, "", begin);
      if (begin.equals("BEGIN")) {
        session.run(
            new Plan.Setting(
                "transaction",
                Plan.Setting.Scope.TRANSACTION,
                SqlText.made("SET TRANSACTION READ ONLY")));
      }
      var answer = session.run(copy(CopyFormat.TEXT_DEFAULT, "", false));
      assertThat(((SessionEvent.Failed) answer.closing()).error().code()).isEqualTo("25006");
      session.rollback();
    }
    session.verb(Plan.Transaction.Verb.BEGIN, "", "BEGIN READ ONLY");
    session.verb(Plan.Transaction.Verb.ROLLBACK, "", "ROLLBACK");
    assertThat(copyIn(copy(CopyFormat.TEXT_DEFAULT, "", false), List.of(lines(1, 2))).tag())
        .isEqualTo("COPY 2");
  }

  @Test
  void copy_fail_of_the_client_rolls_back() {
    session.start(copy(CopyFormat.TEXT_DEFAULT, "", false), Arguments.NONE, 0);
    session.await(SessionEvent.CopyInReady.class);
    session.send(new SessionCommand.CopyData(session.channel(), Buffer.buffer(lines(1, 100))));
    session.send(new SessionCommand.CopyFail(session.channel(), "changed my mind"));
    var answer = session.answer();
    var error = ((SessionEvent.Failed) answer.closing()).error();
    assertThat(error.code()).isEqualTo("57014");
    assertThat(error.message()).isEqualTo("COPY from stdin failed: changed my mind");
    assertThat(count()).isZero();
  }

  @Test
  void a_large_copy_is_bounded_by_credit() {
    session.start(copy(CopyFormat.TEXT_DEFAULT, "", false), Arguments.NONE, 0);
    session.await(SessionEvent.CopyInReady.class);
    int chunks = 100;
    int perChunk = 4000;
    int credit = SessionCommand.INITIAL_CREDIT;
    for (int i = 0; i < chunks; i++) {
      while (credit == 0) {
        credit += ((SessionEvent.CopyCredit) session.next()).chunks();
      }
      credit--;
      byte[] chunk = lines(i * perChunk, (i + 1) * perChunk - 1);
      session.send(new SessionCommand.CopyData(session.channel(), Buffer.buffer(chunk)));
    }
    session.send(new SessionCommand.CopyDone(session.channel()));
    assertThat(session.answer().tag()).isEqualTo("COPY " + chunks * perChunk);
    assertThat(count()).isEqualTo(chunks * perChunk);
  }

  @Test
  void rows_of_a_query_go_to_their_shards() throws Exception {
    mesh.sql(0, "INSERT INTO source SELECT n, E'tab\\t' || n FROM generate_series(1, 3000) n");
    var source = new Plan.Coordinator(SqlText.made("SELECT id, name FROM source"), Plan.Use.READ);
    var insert =
        new Plan.RoutedInsert(source, target(), List.of("id", "name"), 0, Plan.InsertTail.NONE);
    assertThat(session.run(insert).tag()).isEqualTo("INSERT 0 3000");
    assertThat(count()).isEqualTo(3000);
    assertThat(session.run(all("name")).rows()).contains(List.of("tab\t17"));
  }

  @Test
  void rows_of_the_same_table_are_read_before_any_is_inserted() throws Exception {
    copyIn(copy(CopyFormat.TEXT_DEFAULT, "", false), List.of(lines(1, 2000)));
    var insert =
        new Plan.RoutedInsert(
            all("id + 100000, name"), target(), List.of("id", "name"), 0, Plan.InsertTail.NONE);
    assertThat(session.run(insert).tag()).isEqualTo("INSERT 0 2000");
    assertThat(count()).isEqualTo(4000);
  }

  @Test
  void conflicts_and_returning_of_a_routed_insert() {
    copyIn(copy(CopyFormat.TEXT_DEFAULT, "", false), List.of(lines(1, 10)));
    var source =
        new Plan.Coordinator(
            SqlText.made("SELECT n, 'new' FROM generate_series(6, 15) n"), Plan.Use.READ);
    var tail =
        new Plan.InsertTail(
            "e",
            "",
            "ON CONFLICT (id) DO UPDATE SET name = $1",
            "RETURNING e.id, e.name",
            Plan.Returned.EVERY);
    var insert = new Plan.RoutedInsert(source, target(), List.of("id", "name"), 0, tail);
    var arguments =
        new Arguments(
            List.of(25L),
            List.of(),
            List.of("changed".getBytes(StandardCharsets.UTF_8)),
            List.of());
    // the source has no parameter of its own, so it must not be bound with one it does not know
    var answer = session.run(insert, arguments);
    assertThat(answer.closing()).isInstanceOf(SessionEvent.Completed.class);
    assertThat(answer.tag()).isEqualTo("INSERT 0 10");
    assertThat(answer.rows()).hasSize(10).contains(List.of("6", "changed"), List.of("15", "new"));
  }

  @Test
  void partial_rows_are_combined_in_the_coordinator_database() {
    copyIn(copy(CopyFormat.TEXT_DEFAULT, "", false), List.of(lines(1, 1000)));
    var partial =
        new Plan.Scatter(
            tasks("SELECT count(*) AS c, max(name || E'\\\\\\t') AS m FROM ", ""),
            new Gather.Combine(
                SqlText.made("SELECT 1::bigint AS c, ''::text AS m"),
                SqlText.made("SELECT sum(c), max(m) FROM pgmesh_partial")),
            false);
    assertThat(session.run(partial).rows()).containsExactly(List.of("1000", "name 9\\\t"));
    session.begin();
    assertThat(session.run(partial).value()).isEqualTo("1000");
    assertThat(session.run(partial).value()).isEqualTo("1000");
    assertThat(session.commit().tag()).isEqualTo("COMMIT");
  }

  @Test
  void an_error_of_a_worker_while_combining_is_the_clients_error() {
    copyIn(copy(CopyFormat.TEXT_DEFAULT, "", false), List.of(lines(1, 1000)));
    var partial =
        new Plan.Scatter(
            tasks("SELECT 1 / (id - 500) AS c FROM ", ""),
            new Gather.Combine(
                SqlText.made("SELECT 1 AS c"), SqlText.made("SELECT sum(c) FROM pgmesh_partial")),
            false);
    var error = ((SessionEvent.Failed) session.run(partial).closing()).error();
    assertThat(error.code()).isEqualTo("22012");
    assertThat(session.read("SELECT 1").value()).isEqualTo("1");
  }

  @Test
  void an_error_of_the_combined_rows_shape_is_placed_in_the_clients_text() {
    var shape = SqlText.unchanged("SELECT 'x'::int AS c");
    var partial =
        new Plan.Scatter(
            tasks("SELECT 1 AS c FROM ", ""),
            new Gather.Combine(shape, SqlText.made("SELECT sum(c) FROM pgmesh_partial")),
            false);
    var error = ((SessionEvent.Failed) session.run(partial).closing()).error();
    assertThat(error.code()).isEqualTo("22P02");
    assertThat(error.get("P")).isEqualTo("8");
  }

  @Test
  void ddl_changes_the_coordinator_database_and_all_shards_or_nothing() throws Exception {
    var good =
        new Plan.Ddl(
            List.of(SqlText.made("ALTER TABLE source ADD COLUMN extra int")),
            tasks("ALTER TABLE ", " ADD COLUMN extra int"),
            "ALTER TABLE",
            List.of());
    assertThat(session.run(good).tag()).isEqualTo("ALTER TABLE");
    assertThat(mesh.value(1, "SELECT count(extra) FROM events_102008")).isEqualTo("0");
    var again = session.run(good);
    assertThat(((SessionEvent.Failed) again.closing()).error().code()).isEqualTo("42701");
    var half =
        new Plan.Ddl(
            List.of(SqlText.made("ALTER TABLE source DROP COLUMN extra")),
            List.of(
                tasks("ALTER TABLE ", " DROP COLUMN extra").get(0),
                tasks("ALTER TABLE ", " DROP COLUMN missing").get(1)),
            "",
            List.of());
    assertThat(session.run(half).closing()).isInstanceOf(SessionEvent.Failed.class);
    assertThat(mesh.value(0, "SELECT count(extra) FROM source")).isEqualTo("0");
    assertThat(mesh.value(1, "SELECT count(extra) FROM events_102008")).isEqualTo("0");
  }

  @Test
  void explain_prints_the_plan_and_a_sample() {
    var explain =
        new Plan.Explain(
            List.of("Tier: one shard"), Optional.of(tasks("EXPLAIN SELECT * FROM ", "").get(0)));
    var answer = session.run(explain);
    assertThat(answer.tag()).isEqualTo("EXPLAIN");
    assertThat(answer.rows().getFirst()).containsExactly("Tier: one shard");
    assertThat(answer.rows().get(1).getFirst()).startsWith("        ");
  }

  @Test
  void copy_out_relays_the_data_of_all_shards() {
    copyIn(copy(CopyFormat.TEXT_DEFAULT, "", false), List.of(lines(1, 50)));
    var answer =
        session.run(
            new Plan.Scatter(tasks("COPY ", " TO STDOUT"), new Gather.CopyOut(false), false));
    assertThat(answer.tag()).isEqualTo("COPY 50");
    assertThat(answer.rows()).hasSize(50);
    assertThat(answer.others()).hasAtLeastOneElementOfType(SessionEvent.CopyOutReady.class);
  }

  @Test
  void binary_copies_of_all_shards_are_one_stream_that_can_be_copied_in_again() {
    copyIn(copy(CopyFormat.TEXT_DEFAULT, "", false), List.of(lines(1, 50)));
    var plan =
        new Plan.Scatter(
            tasks("COPY (SELECT id + 100, name FROM ", ") TO STDOUT (FORMAT binary)"),
            new Gather.CopyOut(false),
            false);
    session.start(plan, Arguments.NONE, 0);
    var stream = Buffer.buffer();
    SessionEvent event = session.next();
    for (; !(event instanceof SessionEvent.Completed); event = session.next()) {
      if (event instanceof SessionEvent.Rows rows) {
        for (int at = 0; at < rows.frames().length(); ) {
          int end = at + 1 + rows.frames().getInt(at + 1);
          stream.appendBuffer(rows.frames().slice(at + 5, end));
          at = end;
        }
      }
    }
    assertThat(stream.getShort(stream.length() - 2)).isEqualTo((short) -1);
    var back =
        copyIn(
            copy(CopyFormat.BINARY_DEFAULT, "(FORMAT binary)", false), List.of(stream.getBytes()));
    assertThat(back.tag()).isEqualTo("COPY 50");
    assertThat(count()).isEqualTo(100);
  }

  @Test
  void copy_into_a_table_of_the_coordinator_database_passes_through() throws Exception {
    session.start(
        new Plan.Coordinator(SqlText.made("COPY source (id, name) FROM STDIN"), Plan.Use.BLOCK),
        Arguments.NONE,
        0);
    session.await(SessionEvent.CopyInReady.class);
    session.send(new SessionCommand.CopyData(session.channel(), Buffer.buffer(lines(1, 9))));
    session.send(new SessionCommand.CopyDone(session.channel()));
    assertThat(session.answer().tag()).isEqualTo("COPY 9");
    assertThat(mesh.value(0, "SELECT count(*) FROM source")).isEqualTo("9");
    session.start(
        new Plan.Coordinator(SqlText.made("COPY source (id, name) FROM STDIN"), Plan.Use.BLOCK),
        Arguments.NONE,
        0);
    session.await(SessionEvent.CopyInReady.class);
    session.send(new SessionCommand.CopyData(session.channel(), Buffer.buffer("bad\n")));
    session.send(new SessionCommand.CopyDone(session.channel()));
    assertThat(session.answer().closing()).isInstanceOf(SessionEvent.Failed.class);
    assertThat(session.read("SELECT 1").value()).isEqualTo("1");
  }
}
