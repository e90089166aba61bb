package io.pgmesh.router.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** What a Java program does, in all of pgjdbc's query modes. */
@Timeout(60)
class JdbcTest {
  @TempDir static Path folder;
  private static RouterUnderTest router;

  @BeforeAll
  static void start() throws Exception {
    router = new RouterUnderTest(folder.resolve("data"), true, 60_000);
  }

  @AfterAll
  static void stop() throws Exception {
    router.close();
  }

  private static Connection connect(String mode) throws SQLException {
    return DriverManager.getConnection(router.jdbcUrl() + "&preferQueryMode=" + mode);
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended", "extendedForPrepared", "extendedCacheEverything"})
  void parameters_and_types_pass_unchanged(String mode) throws Exception {
    try (var connection = connect(mode);
        var statement =
            connection.prepareStatement("select ?::int + 1, ?::text, null::date, 2.50::numeric")) {
      for (int i = 0; i < 12; i++) { // beyond the driver's switch to a named statement and binary
        statement.setInt(1, i);
        statement.setString(2, "t" + i);
        try (var rows = statement.executeQuery()) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getInt(1)).isEqualTo(i + 1);
          assertThat(rows.getString(2)).isEqualTo("t" + i);
          assertThat(rows.getDate(3)).isNull();
          assertThat(rows.getBigDecimal(4)).isEqualByComparingTo("2.5");
          assertThat(rows.next()).isFalse();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void an_error_keeps_its_fields_and_the_session_goes_on(String mode) throws Exception {
    try (var connection = connect(mode);
        var statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.executeQuery("select 1, nothing from pg_class"))
          .hasFieldOrPropertyWithValue("SQLState", "42703")
          .hasMessageContaining("Position: 11");
      assertThat(statement.executeQuery("select 7").next()).isTrue();
    }
  }

  @Test
  void statements_of_one_text_are_one_transaction() throws Exception {
    try (var connection = connect("simple");
        var statement = connection.createStatement()) {
      assertThatThrownBy(
              () -> statement.execute("create table together (a int); select 1/0; select 2"))
          .hasFieldOrPropertyWithValue("SQLState", "22012");
      try (var rows = statement.executeQuery("select to_regclass('together')")) {
        rows.next();
        assertThat(rows.getString(1)).isNull();
      }
      statement.execute("create table together (a int); insert into together values (1), (2)");
      assertThat(statement.getUpdateCount()).isZero();
      assertThat(statement.getMoreResults()).isFalse();
      assertThat(statement.getUpdateCount()).isEqualTo(2);
    }
  }

  @Test
  void an_error_s_position_counts_from_the_start_of_the_text() throws Exception {
    try (var connection = connect("simple");
        var statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute("select 1; select nothing"))
          .hasMessageContaining("Position: 18");
    }
  }

  @Test
  void a_batch_is_one_transaction() throws Exception {
    try (var connection = connect("extended");
        var statement = connection.createStatement()) {
      statement.execute("create table batch (a int primary key)");
      try (var insert = connection.prepareStatement("insert into batch values (?)")) {
        for (int key : new int[] {1, 2, 3, 2}) {
          insert.setInt(1, key);
          insert.addBatch();
        }
        assertThatThrownBy(insert::executeBatch).hasFieldOrPropertyWithValue("SQLState", "23505");
      }
      try (var rows = statement.executeQuery("select count(*) from batch")) {
        rows.next();
        assertThat(rows.getInt(1)).isZero();
      }
    }
  }

  @Test
  void a_cursor_reads_a_few_rows_at_a_time() throws Exception {
    try (var connection = connect("extended")) {
      connection.setAutoCommit(false);
      try (var statement = connection.createStatement()) {
        statement.setFetchSize(10);
        try (var rows = statement.executeQuery("select * from generate_series(1, 95)")) {
          int count = 0;
          while (rows.next()) {
            count++;
            assertThat(rows.getInt(1)).isEqualTo(count);
          }
          assertThat(count).isEqualTo(95);
        }
      }
      connection.rollback();
    }
  }

  @Test
  void a_large_result_passes_with_back_pressure() throws Exception {
    try (var connection = connect("extended");
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery("select g, repeat('x', 100) from generate_series(1, 50000) g")) {
      long sum = 0;
      while (rows.next()) {
        sum += rows.getInt(1);
      }
      assertThat(sum).isEqualTo(50_000L * 50_001 / 2);
    }
  }

  @Test
  void copy_goes_in_and_out() throws Exception {
    try (var connection = connect("extended");
        var statement = connection.createStatement()) {
      statement.execute("create table copied (a int, b text)");
      var copy = connection.unwrap(PGConnection.class).getCopyAPI();
      var lines = new StringBuilder();
      for (int i = 0; i < 20_000; i++) {
        lines.append(i).append("\tsome text of row ").append(i).append('\n');
      }
      assertThat(copy.copyIn("copy copied from stdin", new StringReader(lines.toString())))
          .isEqualTo(20_000);
      var out = new StringWriter();
      assertThat(copy.copyOut("copy (select * from copied order by a) to stdout", out))
          .isEqualTo(20_000);
      assertThat(out.toString()).isEqualTo(lines.toString());
      assertThatThrownBy(() -> copy.copyIn("copy copied from stdin", new StringReader("x\ty\n")))
          .hasFieldOrPropertyWithValue("SQLState", "22P02");
      assertThat(statement.executeQuery("select 1").next()).isTrue();
    }
  }

  @Test
  void a_running_statement_can_be_cancelled() throws Exception {
    try (var connection = connect("extended");
        var statement = connection.createStatement()) {
      var running =
          CompletableFuture.runAsync(
              () -> {
                assertThatThrownBy(() -> statement.execute("select pg_sleep(20)"))
                    .hasFieldOrPropertyWithValue("SQLState", "57014");
              });
      Thread.sleep(300);
      statement.cancel();
      running.join();
    }
  }

  @Test
  void notices_and_notifications_arrive() throws Exception {
    try (var connection = connect("extended");
        var statement = connection.createStatement()) {
      statement.execute("do $$ begin raise notice 'hello'; end $$");
      assertThat(statement.getWarnings().getMessage()).isEqualTo("hello");
      statement.execute("listen news");
      try (var other = connect("extended");
          var notify = other.createStatement()) {
        notify.execute("notify news, 'payload'");
      }
      var notifications = connection.unwrap(PGConnection.class).getNotifications(5_000);
      assertThat(notifications).hasSize(1);
      assertThat(notifications[0].getParameter()).isEqualTo("payload");
    }
  }

  @Test
  void transactions_roll_back_and_refuse_after_an_error() throws Exception {
    try (var connection = connect("extended");
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("create table rolled (a int)");
      assertThatThrownBy(() -> statement.execute("select 1/0"))
          .hasFieldOrPropertyWithValue("SQLState", "22012");
      assertThatThrownBy(() -> statement.execute("select 1"))
          .hasFieldOrPropertyWithValue("SQLState", "25P02");
      connection.rollback();
      connection.setAutoCommit(true);
      try (var rows = statement.executeQuery("select to_regclass('rolled')")) {
        rows.next();
        assertThat(rows.getString(1)).isNull();
      }
    }
  }

  @Test
  void encryption_is_there_when_asked_for() throws Exception {
    for (int i = 0; i < 4; i++) { // both verticles take a turn
      try (var connection = DriverManager.getConnection(router.jdbcUrl() + "&sslmode=require")) {
        assertThat(connection.isValid(2)).isTrue();
      }
    }
  }
}
