package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.services.mesh.wire.Endpoint;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts with constants of their own, as clients of the simple protocol send them. */
class StatementCacheTest {
  private static final int TEXTS = 40;
  private static final TestFolder FOLDER = TestFolder.make();
  private static MeshProcess mesh;

  @BeforeAll
  static void start() throws SQLException {
    mesh = MeshProcess.start(FOLDER.path().resolve("mesh"));
    try (var client = simple()) {
      for (String sql :
          new String[] {
            "CREATE TABLE orders (company_id int, id bigint, state text, total numeric)",
            "SELECT create_distributed_table('orders', 'company_id')",
            "CREATE TABLE lines (company_id int, order_id bigint, amount numeric)",
            "SELECT create_distributed_table('lines', 'company_id')",
            "CREATE TABLE countries (id int PRIMARY KEY, name text)",
            "SELECT create_reference_table('countries')",
            "CREATE TABLE notes (id int, body text)",
          }) {
        Jdbc.run(client, sql);
      }
    }
  }

  @AfterAll
  static void stop() throws Exception {
    mesh.close();
    FOLDER.close();
  }

  private static Connection simple() throws SQLException {
    Endpoint endpoint = mesh.endpoint();
    return DriverManager.getConnection(endpoint.jdbc() + "&preferQueryMode=simple");
  }

  /** Each # is another number every time. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "select id, total from orders where company_id = # and id = #",
        "select o.id from orders o join lines l on l.company_id = o.company_id where o.company_id = # and l.amount > #",
        "select state, count(*) from orders where company_id = # and state <> 'x#' group by state order by 2 limit 3",
        "select id from orders where company_id = # and id between # and 1#",
        "select id from orders where company_id = # and id in (#, 2#, 3#)",
        "select id from orders where company_id = # and now() - interval '1 day' > '2020-01-01'",
        "insert into orders (company_id, id, state, total) values (#, #, 'a#', #.5)",
        "insert into orders (company_id, id) values (#, 1), (#, 2)",
        "select * from (select id from orders where company_id = #) o, (select sum(amount) from lines where company_id = #) l",
        "update orders set total = total + # where company_id = # and id = #",
        "delete from orders where company_id = # and id = #",
        "select name from countries where id = #",
        "insert into countries (id, name) values (#, 'c#')",
        "update countries set name = 'd#' where id = #",
        "select body from notes where id = #",
        "select id from notes where body = 'n#' and id in (select id from countries where name > 'c#')",
        "insert into notes (id, body) values (#, 'n#')",
      })
  void ever_changing_constants_are_read_and_planned_once(String text) throws Exception {
    Counted seen = run(text);
    assertThat(seen).isEqualTo(new Counted(TEXTS, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into orders (company_id, id) values (#, 1), (1#, 2)",
        "select count(*), sum(total) from orders where total > #",
        "select id from orders where company_id in (#, 1#)",
        "select abs(#)",
      })
  void where_constants_decide_more_each_text_is_planned(String text) throws Exception {
    assertThat(run(text)).isEqualTo(new Counted(0, TEXTS));
  }

  @Test
  void what_is_executed_is_planned_once() throws Exception {
    try (var client = simple()) {
      Jdbc.run(client, "prepare one (int) as select total from orders where company_id = $1");
      Jdbc.run(client, "execute one (1)");
      Counted before = Counted.now();
      for (int i = 0; i < TEXTS; i++) {
        Jdbc.run(client, "execute one (" + i + ")");
      }
      Counted after = Counted.now();
      assertThat(after.hits - before.hits).isEqualTo(TEXTS);
      assertThat(after.misses).isEqualTo(before.misses);
    }
  }

  private record Counted(int hits, int misses) {
    static Counted now() throws Exception {
      var metrics = Metrics.of(mesh);
      return new Counted(
          (int) metrics.value("pgmesh_statement_cache_hits_total"),
          (int) metrics.value("pgmesh_statement_cache_misses_total"));
    }
  }

  /** How texts are counted when one like them came before. */
  private static Counted run(String text) throws Exception {
    try (var client = simple()) {
      Jdbc.run(client, text.replace("#", "100"));
      Counted before = Counted.now();
      for (int i = 101; i < 101 + TEXTS; i++) {
        Jdbc.run(client, text.replace("#", "" + i));
      }
      Counted after = Counted.now();
      return new Counted(after.hits - before.hits, after.misses - before.misses);
    }
  }

  // ---- what is known stands on more than the text

  @Test
  void another_search_path_means_other_tables() throws Exception {
    try (var client = simple()) {
      run(client, "CREATE SCHEMA one", "CREATE SCHEMA two");
      run(client, "CREATE TABLE one.things (id int, v text)");
      run(client, "SELECT create_distributed_table('one.things', 'id')");
      run(client, "CREATE TABLE two.things (v text, id int)");
      run(client, "SELECT create_distributed_table('two.things', 'id', shard_count => 5)");
      run(client, "INSERT INTO one.things SELECT i, 'one' FROM generate_series(1, 50) i");
      run(client, "INSERT INTO two.things SELECT 'two', i FROM generate_series(1, 50) i");
      for (int i = 1; i <= 50; i += 5) {
        Jdbc.run(client, "SET search_path TO one");
        assertThat(thing(client, i)).containsExactly(i + "|one");
        Jdbc.run(client, "SELECT set_config('search_path', 'two', false)");
        assertThat(thing(client, i + 1)).containsExactly("two|" + (i + 1));
        Jdbc.run(client, "BEGIN");
        Jdbc.run(client, "SET LOCAL search_path TO one");
        assertThat(thing(client, i + 2)).containsExactly((i + 2) + "|one");
        Jdbc.run(client, "ROLLBACK");
        assertThat(thing(client, i + 3)).containsExactly("two|" + (i + 3));
        Jdbc.run(client, "RESET search_path");
        assertThatThrownBy(() -> thing(client, 1)).hasMessageContaining("does not exist");
      }
    }
  }

  private static List<String> thing(Connection client, int id) throws SQLException {
    return Jdbc.run(client, "SELECT * FROM things WHERE id = " + id);
  }

  @Test
  void another_role_has_other_rights() throws Exception {
    try (var client = simple()) {
      run(client, "CREATE ROLE reads_nothing");
      for (int i = 1; i < 10; i++) {
        String sql = "select id from orders where company_id = " + i + " and id = -1";
        assertThat(Jdbc.run(client, sql)).isEmpty();
        Jdbc.run(client, "SET ROLE reads_nothing");
        assertThatThrownBy(() -> Jdbc.run(client, sql)).hasMessageContaining("permission denied");
        Jdbc.run(client, "RESET ROLE");
      }
    }
  }

  @Test
  void another_setting_reads_constants_otherwise() throws Exception {
    try (var client = simple()) {
      run(client, "CREATE TABLE days (day date, id int)");
      run(client, "SELECT create_distributed_table('days', 'day')");
      run(client, "INSERT INTO days VALUES ('2024-02-01', 1), ('2024-01-02', 2)");
      for (int i = -5; i < 0; i++) {
        String sql = "SELECT id FROM days WHERE day = '01/02/2024' AND id > " + i;
        Jdbc.run(client, "SET datestyle TO 'ISO, DMY'");
        assertThat(Jdbc.run(client, sql)).containsExactly("1");
        Jdbc.run(client, "SET datestyle TO 'ISO, MDY'");
        assertThat(Jdbc.run(client, sql)).containsExactly("2");
      }
    }
  }

  @Test
  void another_catalog_means_other_columns_and_shards() throws Exception {
    try (var client = simple();
        var other = simple()) {
      run(client, "CREATE TABLE changing (id int, v int)");
      run(client, "SELECT create_distributed_table('changing', 'id')");
      run(client, "INSERT INTO changing SELECT i, i FROM generate_series(1, 20) i");
      assertThat(changing(client, 1)).containsExactly("1|1");
      run(other, "ALTER TABLE changing ADD COLUMN added text DEFAULT 'x'");
      assertThat(changing(client, 2)).containsExactly("2|2|x");
      run(other, "DROP TABLE changing", "CREATE TABLE changing (v int, id int)");
      run(other, "INSERT INTO changing VALUES (3, 3)");
      assertThat(changing(client, 3)).containsExactly("3|3");
      run(other, "SELECT create_distributed_table('changing', 'v', shard_count => 3)");
      run(other, "INSERT INTO changing SELECT 7, i FROM generate_series(4, 9) i");
      for (int i = 4; i < 10; i++) {
        assertThat(changing(client, i)).containsExactly("7|" + i);
      }
    }
  }

  private static List<String> changing(Connection client, int id) throws SQLException {
    return Jdbc.run(client, "SELECT * FROM changing WHERE id = " + id);
  }

  @Test
  void other_types_of_parameters_and_constants_mean_other_operators() throws Exception {
    try (var client = DriverManager.getConnection(mesh.endpoint().jdbc())) {
      run(client, "INSERT INTO orders (company_id, id) VALUES (9001, 1), (9002, 2)");
      String sql = "select id, pg_typeof(?) from orders where company_id = 9001 and id = 1";
      for (int i = 0; i < 3; i++) {
        try (var statement = client.prepareStatement(sql)) {
          statement.setInt(1, 5);
          assertThat(only(statement)).isEqualTo("1|integer");
          statement.setString(1, "5");
          assertThat(only(statement)).isEqualTo("1|character varying");
          statement.setLong(1, 5);
          assertThat(only(statement)).isEqualTo("1|bigint");
        }
      }
      for (String key : List.of("9001", "'9001'", "9001.0", "9001::bigint", "9001::int2")) {
        assertThat(Jdbc.run(client, "select id from orders where company_id = " + key))
            .containsExactly("1");
      }
      assertThat(Jdbc.run(client, "select id from orders where company_id = 3000000000")).isEmpty();
      assertThat(Jdbc.run(client, "select id from orders where company_id = 9002"))
          .containsExactly("2");
      assertThatThrownBy(() -> Jdbc.run(client, "select id from orders where company_id = 'x'"))
          .hasMessageContaining("invalid input syntax for type integer");
    }
  }

  private static String only(PreparedStatement statement) throws SQLException {
    try (var rows = statement.executeQuery()) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1) + "|" + rows.getString(2);
    }
  }

  private static void run(Connection client, String... texts) throws SQLException {
    for (String sql : texts) {
      Jdbc.run(client, sql);
    }
  }

  // ---- the rest of what is told

  @Test
  void metrics_tell_of_clients_and_of_connections_to_servers() throws Exception {
    try (var client = simple();
        var another = simple()) {
      Jdbc.run(another, "BEGIN");
      client.setAutoCommit(false);
      run(client, "insert into orders (company_id, id) select i, i from generate_series(1, 40) i");
      var metrics = Metrics.of(mesh);
      assertThat(metrics.value("pgmesh_client_connections")).isGreaterThanOrEqualTo(2);
      assertThat(metrics.value("pgmesh_statement_cache_entries")).isPositive();
      assertThat(metrics.value("pgmesh_statement_cache_bytes")).isPositive();
      assertThat(metrics.labelled("pgmesh_server_connections_in_use", "part=\"worker\""))
          .filteredOn(inUse -> inUse >= 1)
          .as("workers in the transaction")
          .hasSizeGreaterThanOrEqualTo(2);
      assertThat(metrics.labelled("pgmesh_server_connections", "part=\"coordinator\""))
          .hasSize(1)
          .allMatch(open -> open >= 1);
      client.rollback();
      // recovery looks in at times
      Await.until(
          "no connection is in use",
          Duration.ofSeconds(20),
          () ->
              Metrics.of(mesh).labelled("pgmesh_server_connections_in_use", "").stream()
                  .allMatch(inUse -> inUse == 0));
    }
  }
}
