package io.pgmesh.services.mesh.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.services.mesh.WithMesh;
import io.pgmesh.services.mesh.wire.Endpoint;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;
import org.postgresql.util.PSQLException;

@ExtendWith(WithMesh.class)
class JdbcTest {
  private static final String PARTIAL_TABLES =
      "SELECT count(*) FROM pg_class WHERE relname LIKE 'pgmesh\\_%' AND relpersistence = 't'";

  private Endpoint mesh;
  private Connection connection;

  @BeforeEach
  void connect(Endpoint endpoint) throws SQLException {
    mesh = endpoint;
    connection = open("");
    execute("DROP TABLE IF EXISTS jdbc");
    execute(
        "CREATE TABLE jdbc (k bigserial, tenant int, v text, n numeric, b bytea, at timestamptz,"
            + " d date, u uuid, a int[], PRIMARY KEY (tenant, k))");
    execute("SELECT create_distributed_table('jdbc', 'tenant')");
  }

  @AfterEach
  void disconnect() throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.rollback();
      connection.setAutoCommit(true);
    }
    execute("DROP TABLE jdbc");
    connection.close();
  }

  @Test
  void a_batch_inserts_rows_for_many_shards() throws SQLException {
    assertThat(insert(connection, 500)).containsOnly(1).hasSize(500);
    assertThat(number("SELECT count(DISTINCT k) FROM jdbc")).isEqualTo(500);
    try (Connection rewriting = open("&reWriteBatchedInserts=true")) {
      insert(rewriting, 300);
    }
    assertThat(number("SELECT count(*) FROM jdbc")).isEqualTo(800);
  }

  private static int[] insert(Connection connection, int count) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO jdbc (tenant, v) VALUES (?, ?)")) {
      for (int i = 0; i < count; i++) {
        insert.setInt(1, i % 50);
        insert.setString(2, "row " + i);
        insert.addBatch();
      }
      return insert.executeBatch();
    }
  }

  @Test
  void a_failed_batch_tells_its_place() throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO jdbc (k, tenant) VALUES (?, 1)")) {
      for (long k : new long[] {1, 2, 1, 3}) {
        insert.setLong(1, k);
        insert.addBatch();
      }
      assertThatThrownBy(insert::executeBatch).hasMessageContaining("jdbc_pkey");
    }
  }

  @Test
  void rows_are_fetched_in_portions_within_a_transaction() throws SQLException {
    insert(connection, 1000);
    connection.setAutoCommit(false);
    for (String query :
        List.of(
            "SELECT k FROM jdbc ORDER BY k",
            "SELECT k FROM jdbc",
            "SELECT k FROM jdbc WHERE tenant = 7")) {
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(33);
        var keys = new ArrayList<Long>();
        try (ResultSet rows = statement.executeQuery(query)) {
          while (rows.next()) {
            keys.add(rows.getLong(1));
          }
        }
        assertThat(keys).doesNotHaveDuplicates().hasSize(query.contains("WHERE") ? 20 : 1000);
      }
    }
  }

  /** Few rows are held, many go to a table of the portal's own. */
  @ParameterizedTest
  @ValueSource(ints = {1, 9_000})
  void sorted_rows_of_many_shards_are_fetched_by_several_portals_at_once(int width)
      throws SQLException {
    insert(connection, 100);
    connection.setAutoCommit(false);
    execute("DECLARE beside CURSOR FOR SELECT k FROM jdbc ORDER BY k");
    try (PreparedStatement first = sorted(width);
        PreparedStatement second = sorted(width)) {
      for (int run = 0; run < 3; run++) {
        try (ResultSet one = first.executeQuery();
            ResultSet other = second.executeQuery()) {
          if (width > 1) {
            assertThat(number(PARTIAL_TABLES)).isEqualTo(2);
          }
          for (int k = 1; k <= 100; k++) {
            assertThat(one.next()).isTrue();
            assertThat(other.next()).isTrue();
            assertThat(one.getLong(1)).isEqualTo(k);
            assertThat(other.getLong(1)).isEqualTo(k);
          }
          assertThat(one.next()).isFalse();
          assertThat(number("FETCH beside")).isEqualTo(run + 1);
        }
      }
      assertThat(number(PARTIAL_TABLES)).isZero();
    }
  }

  @Test
  void portals_left_unread_do_not_hinder_later_queries_of_their_transaction() throws SQLException {
    insert(connection, 50);
    connection.setAutoCommit(false);
    try (PreparedStatement query = sorted(9_000);
        PreparedStatement grouped =
            connection.prepareStatement("SELECT v, count(*) FROM jdbc GROUP BY v ORDER BY v")) {
      grouped.setFetchSize(2);
      for (int run = 0; run < 3; run++) {
        query.executeQuery().next();
        grouped.executeQuery().next();
        Savepoint savepoint = connection.setSavepoint();
        query.executeQuery().next();
        connection.rollback(savepoint);
        assertThat(number("SELECT count(*) FROM (SELECT v FROM jdbc GROUP BY v) g")).isEqualTo(50);
      }
    }
  }

  /** The coordinator database begins to read the second half when it is through the first. */
  @ParameterizedTest
  @ValueSource(ints = {0, -1}) // text, binary
  void rows_fetched_later_are_those_of_the_query_s_time(int prepareThreshold) throws SQLException {
    insert(connection, 1000);
    connection.setAutoCommit(false);
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT k FROM jdbc WHERE tenant < ? UNION ALL SELECT k FROM jdbc WHERE tenant >= 10")) {
      ((PGStatement) query).setPrepareThreshold(prepareThreshold);
      query.setFetchSize(20);
      query.setInt(1, 10);
      var keys = new ArrayList<Long>();
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          if (keys.isEmpty()) {
            execute("UPDATE jdbc SET v = 'seen'");
            execute("DELETE FROM jdbc");
          }
          keys.add(rows.getLong(1));
        }
      }
      assertThat(keys).doesNotHaveDuplicates().hasSize(1000);
    }
  }

  @Test
  void a_portal_that_a_savepoint_took_away_is_closed_without_harm() throws SQLException {
    insert(connection, 100);
    connection.setAutoCommit(false);
    Savepoint savepoint = connection.setSavepoint();
    try (PreparedStatement query =
        connection.prepareStatement("SELECT k FROM jdbc UNION ALL SELECT k FROM jdbc")) {
      query.setFetchSize(7);
      ResultSet rows = query.executeQuery();
      rows.next();
      connection.rollback(savepoint);
      rows.close();
    }
    assertThat(number("SELECT count(*) FROM (SELECT k FROM jdbc UNION SELECT 0) k")).isEqualTo(101);
    execute("UPDATE jdbc SET v = 'after' WHERE tenant = 1");
    connection.commit();
  }

  private PreparedStatement sorted(int width) throws SQLException {
    PreparedStatement query =
        connection.prepareStatement("SELECT k, repeat('x', ?) FROM jdbc ORDER BY k");
    query.setInt(1, width);
    query.setFetchSize(2);
    return query;
  }

  @Test
  void generated_keys_come_back() throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO jdbc (tenant, v) VALUES (1, 'a'), (2, 'b'), (3, 'c')",
            Statement.RETURN_GENERATED_KEYS)) {
      assertThat(insert.executeUpdate()).isEqualTo(3);
      var keys = new ArrayList<Long>();
      try (ResultSet rows = insert.getGeneratedKeys()) {
        while (rows.next()) {
          keys.add(rows.getLong("k"));
        }
      }
      assertThat(keys).hasSize(3).doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"&binaryTransfer=true&prepareThreshold=-1", "&preferQueryMode=simple", ""})
  void every_type_keeps_its_value(String options) throws SQLException {
    var id = UUID.fromString("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
    var at = OffsetDateTime.parse("2021-03-04T05:06:07.123456Z");
    try (Connection other = open(options);
        PreparedStatement insert =
            other.prepareStatement(
                "INSERT INTO jdbc (tenant, v, n, b, at, d, u, a) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
      insert.setInt(1, 4);
      insert.setString(2, "é 'quoted' \\ $1 ?");
      insert.setBigDecimal(3, new BigDecimal("12345.678900"));
      insert.setBytes(4, new byte[] {0, 1, (byte) 0xff});
      insert.setObject(5, at);
      insert.setObject(6, LocalDate.of(2020, 2, 29));
      insert.setObject(7, id);
      insert.setArray(8, other.createArrayOf("int4", new Object[] {1, null, 3}));
      assertThat(insert.executeUpdate()).isEqualTo(1);
      try (PreparedStatement select =
          other.prepareStatement("SELECT v, n, b, at, d, u, a FROM jdbc WHERE tenant = ?")) {
        for (int run = 0; run < 8; run++) { // past pgjdbc's threshold for named statements
          select.setInt(1, 4);
          try (ResultSet row = select.executeQuery()) {
            assertThat(row.next()).isTrue();
            assertThat(row.getString(1)).isEqualTo("é 'quoted' \\ $1 ?");
            assertThat(row.getBigDecimal(2)).isEqualTo(new BigDecimal("12345.678900"));
            assertThat(row.getBytes(3)).containsExactly(0, 1, 0xff);
            assertThat(row.getObject(4, OffsetDateTime.class).toInstant())
                .isEqualTo(at.toInstant());
            assertThat(row.getObject(5, LocalDate.class)).isEqualTo(LocalDate.of(2020, 2, 29));
            assertThat(row.getObject(6)).isEqualTo(id);
            assertThat((Object[]) row.getArray(7).getArray()).containsExactly(1, null, 3);
          }
        }
      }
    }
  }

  @Test
  void a_savepoint_takes_back_what_followed_it() throws SQLException {
    connection.setAutoCommit(false);
    insert(connection, 10);
    Savepoint savepoint = connection.setSavepoint("here");
    insert(connection, 20);
    assertThatThrownBy(() -> execute("INSERT INTO jdbc (k, tenant) SELECT k, tenant FROM jdbc"))
        .isInstanceOf(SQLException.class);
    connection.rollback(savepoint);
    assertThat(number("SELECT count(*) FROM jdbc")).isEqualTo(10);
    connection.commit();
    assertThat(number("SELECT count(*) FROM jdbc")).isEqualTo(10);
  }

  @Test
  void rows_are_copied_in_and_out() throws SQLException, IOException {
    var copy = connection.unwrap(PGConnection.class).getCopyAPI();
    var lines = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      lines.append(i).append(',').append(i % 100).append(",\"text, ").append(i).append("\"\n");
    }
    assertThat(
            copy.copyIn(
                "COPY jdbc (k, tenant, v) FROM STDIN (FORMAT csv)",
                new StringReader(lines.toString())))
        .isEqualTo(5000);
    var out = new StringWriter();
    assertThat(copy.copyOut("COPY jdbc (k, v) TO STDOUT (FORMAT csv)", out)).isEqualTo(5000);
    assertThat(out.toString().lines()).hasSize(5000).contains("17,\"text, 17\"");
    assertThat(number("SELECT sum(k) FROM jdbc")).isEqualTo(5000L * 4999 / 2);
  }

  @Test
  void what_all_shards_copy_out_is_one_stream_of_what_the_transaction_sees()
      throws SQLException, IOException {
    var copy = connection.unwrap(PGConnection.class).getCopyAPI();
    connection.setAutoCommit(false);
    execute(
        "INSERT INTO jdbc (k, tenant, v) SELECT i, i % 100, repeat(i::text, 20)"
            + " FROM generate_series(1, 30000) i");
    var named = new StringWriter();
    assertThat(copy.copyOut("COPY jdbc (k, v) TO STDOUT (FORMAT csv, HEADER)", named))
        .isEqualTo(30_000);
    assertThat(named.toString().lines()).startsWith("k,v").hasSize(30_001);
    assertThat(named.toString().lines().distinct()).hasSize(30_001);
    var binary = new ByteArrayOutputStream();
    assertThat(copy.copyOut("COPY jdbc TO STDOUT (FORMAT binary)", binary)).isEqualTo(30_000);
    execute("CREATE TEMP TABLE copied AS SELECT * FROM jdbc LIMIT 0");
    var again = new ByteArrayInputStream(binary.toByteArray());
    assertThat(copy.copyIn("COPY copied FROM STDIN (FORMAT binary)", again)).isEqualTo(30_000);
    assertThat(number("SELECT count(*) FROM (SELECT * FROM jdbc EXCEPT SELECT * FROM copied) d"))
        .isZero();
    connection.rollback();
    assertThat(copy.copyOut("COPY jdbc TO STDOUT (FORMAT binary)", binary)).isZero();
    assertThat(copy.copyOut("COPY jdbc TO STDOUT (FORMAT csv, HEADER)", new StringWriter()))
        .isZero();
  }

  @Test
  void a_running_statement_is_cancelled() throws SQLException {
    insert(connection, 50);
    for (String slow :
        List.of(
            "SELECT pg_sleep(30)",
            "SELECT pg_sleep(30) FROM jdbc WHERE tenant = 3",
            "SELECT count(pg_sleep(30)) FROM jdbc")) {
      try (Statement statement = connection.createStatement()) {
        var started = Instant.now();
        var cancel =
            CompletableFuture.runAsync(
                () -> cancel(statement),
                CompletableFuture.delayedExecutor(300, java.util.concurrent.TimeUnit.MILLISECONDS));
        assertThatThrownBy(() -> statement.execute(slow))
            .isInstanceOf(PSQLException.class)
            .extracting(e -> ((PSQLException) e).getSQLState())
            .isEqualTo("57014");
        cancel.join();
        assertThat(Duration.between(started, Instant.now())).isLessThan(Duration.ofSeconds(10));
      }
      assertThat(number("SELECT count(*) FROM jdbc")).isEqualTo(50);
    }
  }

  private static void cancel(Statement statement) {
    try {
      statement.cancel();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void an_error_names_the_clients_table_and_constraint() throws SQLException {
    execute("INSERT INTO jdbc (k, tenant) VALUES (1, 1)");
    assertThatThrownBy(() -> execute("INSERT INTO jdbc (k, tenant) VALUES (1, 1)"))
        .isInstanceOfSatisfying(
            PSQLException.class,
            e -> {
              assertThat(e.getSQLState()).isEqualTo("23505");
              assertThat(e.getServerErrorMessage().getTable()).isEqualTo("jdbc");
              assertThat(e.getServerErrorMessage().getConstraint()).isEqualTo("jdbc_pkey");
              assertThat(e.getServerErrorMessage().getSchema()).isEqualTo("public");
            });
  }

  @Test
  void metadata_shows_tables_and_keys() throws SQLException {
    var metadata = connection.getMetaData();
    assertThat(metadata.getDatabaseProductName()).isEqualTo("PostgreSQL");
    var tables = new ArrayList<String>();
    try (ResultSet rows = metadata.getTables(null, "public", "jdbc%", new String[] {"TABLE"})) {
      while (rows.next()) {
        tables.add(rows.getString("TABLE_NAME"));
      }
    }
    assertThat(tables).containsExactly("jdbc");
    var keys = new ArrayList<String>();
    try (ResultSet rows = metadata.getPrimaryKeys(null, "public", "jdbc")) {
      while (rows.next()) {
        keys.add(rows.getString("COLUMN_NAME"));
      }
    }
    assertThat(keys).containsExactlyInAnyOrder("tenant", "k");
  }

  @Test
  void a_schema_change_is_seen_by_statements_prepared_before_it() throws SQLException {
    execute("INSERT INTO jdbc (tenant, v) VALUES (1, 'a')");
    try (PreparedStatement select =
        connection.prepareStatement("SELECT v FROM jdbc WHERE tenant = ?")) {
      for (int run = 0; run < 10; run++) {
        select.setInt(1, 1);
        try (ResultSet rows = select.executeQuery()) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getString(1)).isEqualTo("a");
        }
        if (run == 6) {
          try (Connection other = open("");
              Statement statement = other.createStatement()) {
            statement.execute("ALTER TABLE jdbc ADD COLUMN extra int DEFAULT 1");
          }
        }
      }
    }
  }

  private Connection open(String options) throws SQLException {
    return DriverManager.getConnection(mesh.jdbc() + options);
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private long number(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
