package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.mesh.wire.Flight;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Portals of the protocol and cursors of SQL, which PostgreSQL keeps in one namespace. */
@ExtendWith(WithMesh.class)
class PortalsTest {
  private WirePair pair;

  @BeforeEach
  void connect(MeshUnderTest servers) {
    pair = WirePair.connect(servers);
    pair.succeed("CREATE TABLE portal_local (k int PRIMARY KEY, v text)");
    pair.succeed("CREATE TABLE portal_spread (k int PRIMARY KEY, v text)");
    pair.meshSucceeds("SELECT create_distributed_table('portal_spread', 'k')");
    for (String table : List.of("portal_local", "portal_spread")) {
      both("INSERT INTO " + table + " SELECT i, 'v' || i FROM generate_series(1, 30) i");
    }
  }

  @AfterEach
  void disconnect() {
    pair.rollBack();
    pair.succeed("DROP TABLE portal_local, portal_spread");
    pair.close();
  }

  /** What both answer. */
  private List<String> both(Flight flight) {
    return pair.answer(flight);
  }

  private List<String> both(String sql) {
    return both(new Flight().query(sql));
  }

  private static String rowsOf(String table) {
    return "SELECT k, v FROM " + table + " WHERE k < 20 ORDER BY k";
  }

  private void bind(String table) {
    both(new Flight().parse("", rowsOf(table)).bind("p", "").execute("p", 2).sync());
  }

  @ParameterizedTest
  @ValueSource(strings = {"portal_local", "portal_spread"})
  void the_protocol_knows_cursors_of_sql(String table) {
    both("BEGIN");
    both("DECLARE c CURSOR FOR " + rowsOf(table));
    assertThat(both(new Flight().execute("c", 2).sync())).containsSubsequence("D [2, v2]", "s");
    both(new Flight().describePortal("c").sync());
    both("FETCH 1 FROM c");
    both(new Flight().execute("c", 100).execute("c", 0).sync());
    both("CLOSE c");
    both("DECLARE c CURSOR FOR SELECT 7 AS seven"); // other columns under the same name
    both(new Flight().describePortal("c").execute("c", 0).sync());
    both(new Flight().closePortal("c").execute("c", 1).sync());
    both("ROLLBACK");
    both("BEGIN; DECLARE \"Held\" CURSOR WITH HOLD FOR " + rowsOf(table) + "; COMMIT");
    assertThat(both(new Flight().execute("Held", 2).sync())).endsWith("s", "Z I");
    assertThat(both(new Flight().closePortal("Held").sync())).containsExactly("3", "Z I");
    both(new Flight().execute("Held", 2).sync());
    both("BEGIN");
    assertThat(both(new Flight().execute("none", 1).sync())).endsWith("Z E");
    both("ROLLBACK");
    both(new Flight().describePortal("none").sync());
    both(new Flight().closePortal("none").sync());
  }

  @ParameterizedTest
  @ValueSource(strings = {"portal_local", "portal_spread"})
  void sql_knows_portals_made_by_bind(String table) {
    both("BEGIN");
    bind(table);
    assertThat(both("FETCH 2 FROM p")).contains("D [3, v3]", "C FETCH 2");
    for (String sql : List.of("FETCH p", "MOVE 2 IN p", "FETCH NEXT FROM p")) {
      both(sql);
    }
    both(new Flight().execute("p", 2).sync());
    both(
        new Flight()
            .parse("f", "FETCH 2 FROM p")
            .describeStatement("f")
            .bind("", "f")
            .describePortal("")
            .execute("", 0)
            .sync());
    for (String sql :
        List.of("FETCH FORWARD 3 FROM p", "MOVE FORWARD ALL IN p", "FETCH ALL FROM p")) {
      both(sql);
    }
    both(new Flight().execute("p", 2).sync());
    for (String sql : List.of("CLOSE p", "SELECT 1", "FETCH p", "ROLLBACK")) {
      both(sql);
    }
    both("BEGIN");
    both(new Flight().parse("", rowsOf(table)).bind("p", "", 1).bind("q", "").sync());
    assertThat(both("FETCH 2 FROM p")).contains("D [1, v1]");
    both("CLOSE ALL");
    both(new Flight().execute("q", 1).sync());
    both("ROLLBACK");
    both("BEGIN");
    bind(table);
    assertThat(both("DECLARE p CURSOR FOR SELECT 1")).first().asString().startsWith("E 42P03");
    both("ROLLBACK");
    both("BEGIN");
    String change = "UPDATE " + table + " SET v = 'x' WHERE k < 5 RETURNING v";
    both(new Flight().parse("", change).bind("p", "").sync());
    both("FETCH 2 FROM p");
    both("FETCH ALL FROM p");
    both("SELECT count(*) FROM " + table + " WHERE v = 'x'");
    both("ROLLBACK");
  }

  @ParameterizedTest
  @ValueSource(strings = {"FETCH ALL FROM a", "MOVE 2 IN a", "FETCH BACKWARD 1 FROM a", "CLOSE a"})
  void a_portal_that_runs_cannot_be_run_by_itself(String itself) {
    both("BEGIN");
    both(new Flight().parse("f", itself).bind("a", "f").sync());
    both(new Flight().describePortal("a").describeStatement("f").sync());
    assertThat(both(new Flight().execute("a", 0).sync()))
        .containsExactly(
            itself.startsWith("CLOSE")
                ? "E 24000 cannot drop active portal \"a\" at null"
                : "E 55000 portal \"a\" cannot be run at null",
            "Z E");
    both("ROLLBACK");
  }

  @Test
  void portals_that_fetch_one_another_cannot_be_run() {
    pair.mesh().simple("BEGIN");
    pair.mesh()
        .answersTo(new Flight().parse("a", "FETCH ALL FROM b").bind("a", "a").flush().sync());
    pair.mesh().answersTo(new Flight().parse("b", "FETCH ALL FROM a").bind("b", "b").sync());
    assertThat(pair.mesh().answersTo(new Flight().describeStatement("a").sync())).contains("n");
    assertThat(pair.mesh().answersTo(new Flight().execute("a", 0).sync()))
        .containsExactly("E 55000 portal \"a\" cannot be run at null", "Z E");
  }

  @ParameterizedTest
  @ValueSource(strings = {"portal_local", "portal_spread"})
  void a_portal_made_by_bind_cannot_go_back(String table) {
    both("BEGIN");
    bind(table);
    both("SAVEPOINT s");
    for (String sql :
        List.of("FETCH BACKWARD 1 FROM p", "FETCH PRIOR FROM p", "FETCH 0 FROM p", "FETCH p")) {
      assertThat(both(sql)).as(sql).first().asString().startsWith("E 55000");
      both("ROLLBACK TO s");
    }
    both(new Flight().execute("p", 2).sync());
  }

  @ParameterizedTest
  @ValueSource(strings = {"portal_local", "portal_spread"})
  void the_tag_counts_the_rows_of_the_last_part(String table) {
    both("BEGIN");
    Flight read = new Flight().parse("", rowsOf(table)).bind("p", "");
    assertThat(both(read.execute("p", 9).execute("p", 9).execute("p", 9).execute("p", 9).sync()))
        .contains("C SELECT 1", "C SELECT 0");
    String change = "UPDATE " + table + " SET v = v WHERE k < 6 RETURNING 1";
    Flight changed = new Flight().parse("", change).bind("q", "");
    assertThat(both(changed.execute("q", 2).execute("q", 2).execute("q", 2).sync()))
        .contains("C UPDATE 1");
    String insert =
        "INSERT INTO " + table + " VALUES (101, 'a'), (102, 'b'), (103, 'c') RETURNING 1";
    Flight inserted = new Flight().parse("", insert).bind("r", "");
    assertThat(both(inserted.execute("r", 2).execute("r", 0).sync())).contains("C INSERT 0 1");
    both("ROLLBACK");
  }

  @ParameterizedTest
  @ValueSource(strings = {"portal_local", "portal_spread"})
  void a_portal_made_by_bind_fetches_no_row_where_it_is_at_none(String table) {
    both("BEGIN");
    both(new Flight().parse("", rowsOf(table)).bind("p", "").sync());
    for (String sql : List.of("FETCH 0 FROM p", "MOVE 0 IN p", "FETCH RELATIVE 0 FROM p")) {
      assertThat(both(sql)).as(sql).last().isEqualTo("Z T");
    }
    both(new Flight().parse("f", "FETCH 0 FROM p").describeStatement("f").sync());
    assertThat(both("FETCH 2 FROM p")).contains("C FETCH 2");
    assertThat(both("MOVE BACKWARD 0 IN p")).contains("C MOVE 1");
    assertThat(both("MOVE 0 IN p")).contains("C MOVE 1");
    both("SAVEPOINT s");
    for (String sql : List.of("FETCH FORWARD 0 FROM p", "MOVE 0 IN p", "FETCH p")) {
      assertThat(both(sql)).as(sql).first().asString().startsWith("E 55000");
      both("ROLLBACK TO s");
    }
    both(new Flight().parse("", rowsOf(table)).bind("all_of", "").sync());
    for (String sql : List.of("FETCH ALL FROM all_of", "FETCH 0 FROM all_of", "MOVE 0 IN all_of")) {
      both(sql);
    }
    both("FETCH BACKWARD 0 FROM all_of");
    both("ROLLBACK");
  }

  @ParameterizedTest
  @ValueSource(strings = {"portal_local", "portal_spread"})
  void a_binary_cursor_gives_binary_rows_to_query_messages(String table) {
    both("BEGIN");
    both("DECLARE b BINARY CURSOR FOR " + rowsOf(table));
    assertThat(both("FETCH 2 FROM b")).contains("D [0x00000001, v1]");
    both("FETCH FORWARD 1 IN b");
    both("FETCH RELATIVE 2 FROM b");
    both(new Flight().describePortal("b").execute("b", 2).sync());
    both(
        new Flight()
            .parse("", "FETCH 2 FROM b")
            .bind("", "")
            .describePortal("")
            .execute("", 0)
            .sync());
    both("COMMIT");
    both("BEGIN; DECLARE h INSENSITIVE BINARY CURSOR WITH HOLD FOR " + rowsOf(table));
    both("COMMIT");
    assertThat(both("FETCH 2 FROM h")).contains("D [0x00000001, v1]");
    both("CLOSE h");
    both("BEGIN");
    both("DECLARE h CURSOR FOR " + rowsOf(table));
    assertThat(both("FETCH 2 FROM h")).contains("D [1, v1]");
    both("ROLLBACK");
  }

  @ParameterizedTest
  @ValueSource(strings = {"portal_local", "portal_spread"})
  void savepoints_keep_the_portals_from_before_them(String table) {
    for (String wrong :
        List.of(
            "SELECT 1/0",
            "SELECT k/0 FROM portal_spread",
            "SELECT absent",
            "INSERT INTO " + table + " VALUES (1, 'x')")) {
      both("BEGIN");
      bind(table);
      both("DECLARE c CURSOR FOR " + rowsOf(table));
      both("SAVEPOINT s");
      both(wrong);
      assertThat(both(new Flight().execute("p", 2).sync()))
          .first()
          .asString()
          .startsWith("E 25P02");
      both("ROLLBACK TO s");
      assertThat(both(new Flight().execute("p", 2).sync())).contains("D [3, v3]");
      both("FETCH 1 FROM c");
      both("FETCH 1 FROM p");
      both("COMMIT");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"portal_local", "portal_spread"})
  void portals_from_behind_a_savepoint_go_with_it(String table) {
    both("BEGIN");
    both("SAVEPOINT s");
    bind(table);
    both("ROLLBACK TO s");
    bind(table); // the name is free again
    both("SAVEPOINT t");
    both("RELEASE s");
    assertThat(both(new Flight().execute("p", 2).sync())).contains("D [3, v3]");
    both("SAVEPOINT s");
    both(new Flight().parse("", "SELECT 1").bind("q", "").sync());
    both("ROLLBACK TO s");
    assertThat(both(new Flight().execute("q", 2).sync())).first().asString().startsWith("E 34000");
    both("ROLLBACK AND CHAIN");
    both(new Flight().execute("p", 2).sync());
    both("ROLLBACK");
  }
}
