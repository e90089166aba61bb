package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.mesh.wire.Flight;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A Parse that nothing but Sync follows, as drivers prepare statements, answers as PostgreSQL. */
@ExtendWith(WithMesh.class)
class ParseTest {
  private static final int INT4 = 23;
  private static final int TEXT = 25;

  private WirePair pair;

  @BeforeEach
  void connect(MeshUnderTest servers) {
    pair = WirePair.connect(servers);
    pair.succeed("DROP TABLE IF EXISTS parse_local, parse_spread");
    pair.succeed("CREATE TABLE parse_local (k int PRIMARY KEY, v text)");
    pair.succeed("CREATE TABLE parse_spread (k int PRIMARY KEY, v text)");
    pair.meshSucceeds("SELECT create_distributed_table('parse_spread', 'k')");
  }

  @AfterEach
  void disconnect() {
    pair.rollBack();
    pair.succeed("DROP TABLE parse_local, parse_spread");
    pair.close();
  }

  /** What both answer. */
  private List<String> both(Flight flight) {
    return pair.answer(flight);
  }

  private List<String> both(String sql) {
    return both(new Flight().query(sql));
  }

  private List<String> parsed(String sql, int... types) {
    return both(new Flight().parse("", sql, types).sync());
  }

  @Test
  void what_is_wrong_with_a_statement_is_told_at_once() {
    for (String table : List.of("parse_local", "parse_spread")) {
      for (String sql :
          List.of(
              "SELECT k, absent FROM " + table,
              "SELECT * FROM " + table + " WHERE k = 'x'",
              "INSERT INTO " + table + " (k, absent) VALUES (1, 2)",
              "UPDATE " + table + " SET v = 1 + 'x'",
              "DELETE FROM " + table + " WHERE v + 1 = 2",
              "EXPLAIN SELECT absent FROM " + table,
              "DECLARE c CURSOR FOR SELECT absent FROM " + table,
              "SELECT k FROM " + table + " WHERE v = $1 AND k = $1",
              "SELECT FROM " + table + " GROUP BY",
              "ALTER TABLE " + table + " ADD COLUMNS")) {
        assertThat(parsed(sql)).as(sql).hasSize(2).first().asString().startsWith("E ");
      }
    }
    for (String sql :
        List.of(
            "SELECT 1 FROM parse_absent",
            "SELECT absent(1)",
            "SELECT $1",
            "SELECT 'x'::int",
            "SELEC 1",
            "SET TO 1",
            "FETCH FROM",
            "COMMIT AND",
            "SHOW absent",
            "SELECT $1 + $2")) {
      parsed(sql);
    }
    assertThat(parsed("SELECT $1 || 'x'", INT4)).hasSize(2);
    assertThat(parsed("SELECT upper($1)", INT4)).first().asString().startsWith("E 42883");
    assertThat(parsed("SELECT upper($1)", 0)).containsExactly("1", "Z I");
    assertThat(parsed("SELECT upper($1)", TEXT)).containsExactly("1", "Z I");
  }

  @Test
  void what_only_running_shows_is_no_error_yet() {
    for (String sql :
        List.of(
            "",
            "-- nothing",
            "SELECT 1/0",
            "SHOW work_mem",
            "SET absent TO 1",
            "FETCH FROM absent",
            "EXECUTE absent",
            "DROP TABLE absent",
            "CREATE TABLE parse_local (k int)",
            "COPY absent FROM STDIN",
            "VACUUM",
            "BEGIN",
            "COMMIT",
            "RELEASE absent",
            "LISTEN something")) {
      assertThat(parsed(sql)).as(sql).containsExactly("1", "Z I");
    }
  }

  @Test
  void a_constant_of_a_known_shape_is_looked_at_too() {
    for (String table : List.of("parse_local", "parse_spread")) {
      String sql = "SELECT v FROM " + table + " WHERE k = ";
      for (int i = 0; i < 6; i++) {
        assertThat(parsed(sql + "'" + i + "'")).containsExactly("1", "Z I");
      }
      assertThat(parsed(sql + "'x'")).first().asString().startsWith("E 22P02");
    }
  }

  @Test
  void an_error_fails_the_transaction_and_keeps_no_statement() {
    both(new Flight().query("BEGIN"));
    assertThat(both(new Flight().parse("s", "SELECT absent FROM parse_local").sync()))
        .endsWith("Z E");
    for (String sql : List.of("SELECT 1", "SELEC 1", "BEGIN", "SET work_mem TO '1MB'", "SHOW x")) {
      assertThat(parsed(sql)).as(sql).first().asString().startsWith("E ");
    }
    for (String sql : List.of("", "ROLLBACK TO a", "COMMIT")) {
      assertThat(parsed(sql)).as(sql).containsExactly("1", "Z E");
    }
    both(new Flight().query("ROLLBACK"));
    both(new Flight().bind("", "s").sync());
    both(new Flight().parse("s", "SELECT k FROM parse_local").sync());
    both(new Flight().bind("", "s").execute("", 0).sync());
  }

  @Test
  void a_statement_closed_in_a_failed_transaction_is_gone() {
    for (String query : List.of("SELECT 1 AS one", "SELECT count(*) FROM parse_spread")) {
      both("BEGIN");
      both("PREPARE closed AS " + query);
      both("SELECT 1/0");
      both(new Flight().closeStatement("closed").sync());
      both("ROLLBACK");
      assertThat(both("EXECUTE closed")).first().asString().startsWith("E 26000");
      both("SELECT name FROM pg_prepared_statements");
      both("PREPARE closed AS SELECT 2 AS two");
      assertThat(both("EXECUTE closed")).contains("D [2]");
      both("DEALLOCATE closed");
    }
  }

  @Test
  void statements_of_the_mesh_s_own_are_not_shown() {
    String query = "SELECT count(*) FROM parse_spread WHERE k < 1000";
    for (int i = 0; i < 3; i++) {
      both(query);
      both(new Flight().parse("", query).bind("", "").execute("", 0).sync());
    }
    both("PREPARE shown AS SELECT 1");
    assertThat(both("SELECT name FROM pg_prepared_statements")).contains("D [shown]");
    both(query);
    both("DEALLOCATE shown");
  }

  @Test
  void a_pipeline_sees_what_its_earlier_statements_made() {
    var pipeline =
        new Flight()
            .parse("", "CREATE TABLE parse_made (a int)")
            .bind("", "")
            .execute("", 0)
            .parse("s", "INSERT INTO parse_made VALUES ($1)")
            .parse("bad", "SELECT b FROM parse_made")
            .parse("never", "SELECT 1")
            .sync();
    assertThat(both(pipeline)).containsSubsequence("C CREATE TABLE", "1").endsWith("Z I");
    // which took the table with it
    assertThat(parsed("SELECT FROM parse_made")).first().asString().startsWith("E 42P01");
    both(new Flight().bind("", "never").sync());
    both(new Flight().query("BEGIN").query("CREATE TEMP TABLE parse_temporary (a int)"));
    both(new Flight().sync());
    both(new Flight().parse("t", "SELECT a FROM parse_temporary").describeStatement("t").sync());
    both(new Flight().query("ROLLBACK"));
  }

  @Test
  void a_batch_that_goes_on_is_answered_as_one() {
    for (String table : List.of("parse_local", "parse_spread")) {
      both(
          new Flight()
              .parse("i" + table, "INSERT INTO " + table + " VALUES ($1, $2)", 0, 0)
              .flush()
              .bind("", "i" + table, "1", "one")
              .execute("", 0)
              .parse("q" + table, "SELECT v FROM " + table + " WHERE k = $1")
              .describeStatement("q" + table)
              .bind("p", "q" + table, 1, "1")
              .describePortal("p")
              .execute("p", 0)
              .closePortal("p")
              .sync());
      both(new Flight().parse("", "SELECT absent FROM " + table).describeStatement("").sync());
    }
  }
}
