package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.mesh.wire.Endpoint;
import java.io.IOException;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.PGConnection;

/**
 * NOWAIT and SKIP LOCKED in whatever statement has the query, while another session holds rows 2
 * and 4 of {@code held} and row 3 of {@code beside}: as PostgreSQL answers by itself.
 */
@ExtendWith(WithMesh.class)
class LockedRowsPassedByTest {
  private static final String LOCKS =
      "SELECT FROM held WHERE k IN (2, 4) FOR UPDATE; SELECT FROM beside WHERE k = 3 FOR UPDATE";

  private MeshUnderTest both;

  @BeforeEach
  void make_tables(MeshUnderTest given) throws SQLException {
    both = given;
    for (Endpoint endpoint : List.of(both.plain(), both.mesh())) {
      try (var admin = open(endpoint, "extended")) {
        execute(admin, "CREATE TABLE held (k int PRIMARY KEY, v int)");
        execute(admin, "CREATE TABLE beside (k int, v int)");
        if (endpoint.equals(both.mesh())) {
          execute(admin, "SELECT create_distributed_table('held', 'k')");
          execute(admin, "SELECT create_distributed_table('beside', 'v', colocate_with => 'none')");
        }
        execute(admin, "CREATE TABLE own (k int)");
        execute(admin, "INSERT INTO own VALUES (2), (3)");
        execute(admin, "INSERT INTO held SELECT i, -i FROM generate_series(1, 9) i");
        execute(admin, "INSERT INTO beside SELECT i, i FROM generate_series(1, 5) i");
        execute(admin, "CREATE VIEW free AS SELECT k, v FROM held FOR UPDATE SKIP LOCKED");
        execute(admin, "CREATE VIEW strict AS SELECT k FROM held WHERE v < 0 FOR UPDATE NOWAIT");
        execute(admin, "CREATE VIEW plainly AS SELECT k, v FROM held");
      }
    }
  }

  @AfterEach
  void drop_them() throws SQLException {
    for (Endpoint endpoint : List.of(both.plain(), both.mesh())) {
      try (var admin = open(endpoint, "extended")) {
        execute(admin, "DROP TABLE held, beside, own CASCADE");
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          DECLARE c CURSOR FOR SELECT k FROM held ORDER BY k FOR UPDATE SKIP LOCKED; FETCH 2 FROM c; FETCH 2 FROM c | [1 3] [5 6]
          DECLARE c CURSOR FOR SELECT k FROM held ORDER BY k FOR UPDATE NOWAIT; FETCH 9 FROM c | 55P03
          DECLARE c CURSOR FOR SELECT h.k FROM held h JOIN beside b ON b.k = h.k ORDER BY 1 FOR UPDATE SKIP LOCKED; FETCH 9 FROM c | [1 5]
          PREPARE p AS SELECT k FROM held ORDER BY v DESC LIMIT 3 FOR UPDATE SKIP LOCKED; EXECUTE p; SET plan_cache_mode = force_generic_plan; EXECUTE p | [1 3 5] [1 3 5]
          PREPARE p (int) AS SELECT k FROM held WHERE k = $1 FOR SHARE NOWAIT; SET plan_cache_mode = force_generic_plan; EXECUTE p (1); EXECUTE p (4) | [1] 55P03
          SELECT k FROM free ORDER BY k LIMIT 4 | [1 3 5 6]
          SELECT free.k FROM free JOIN beside b ON b.k = free.k ORDER BY 1 FOR UPDATE OF b SKIP LOCKED | [1 5]
          SELECT k FROM strict | 55P03
          COPY (SELECT k FROM held ORDER BY k FOR UPDATE SKIP LOCKED) TO STDOUT | [1 3 5 6 7 8 9]
          COPY (SELECT k FROM held FOR UPDATE NOWAIT) TO STDOUT | 55P03
          CREATE TABLE made AS SELECT k FROM held FOR UPDATE SKIP LOCKED; SELECT k FROM made ORDER BY k | [1 3 5 6 7 8 9]
          CREATE TABLE made AS SELECT k FROM held FOR UPDATE NOWAIT | 55P03
          SELECT k INTO made FROM held WHERE k < 6 FOR NO KEY UPDATE SKIP LOCKED; SELECT k FROM made ORDER BY k | [1 3 5]
          SELECT k INTO TEMP made FROM held WHERE k > 3 FOR NO KEY UPDATE NOWAIT | 55P03
          INSERT INTO own SELECT k + 10 FROM held WHERE k < 4 FOR UPDATE SKIP LOCKED; SELECT k FROM own ORDER BY k | [2 3 11 13]
          DELETE FROM own WHERE k IN (SELECT k FROM held FOR UPDATE SKIP LOCKED) RETURNING k | [3]
          WITH w AS (SELECT k FROM held WHERE k < 5 FOR UPDATE SKIP LOCKED) DELETE FROM own USING w WHERE w.k = own.k RETURNING own.k | [3]
          WITH w AS (SELECT k FROM held FOR UPDATE SKIP LOCKED) INSERT INTO beside SELECT k + 20, k FROM w WHERE k < 6; SELECT k FROM beside WHERE k > 20 ORDER BY k | [21 23 25]
          SELECT h.k FROM held h JOIN beside b ON b.k = h.k WHERE b.k < 3 ORDER BY 1 FOR UPDATE OF h SKIP LOCKED FOR SHARE OF b | [1]
          SELECT h.k FROM held h JOIN beside b ON b.k = h.k WHERE h.k IN (1, 3, 5) ORDER BY 1 FOR UPDATE OF h NOWAIT FOR SHARE OF b SKIP LOCKED | [1 5]
          SELECT h.k FROM held h JOIN beside b ON b.k = h.k ORDER BY 1 FOR UPDATE OF h SKIP LOCKED FOR SHARE OF b NOWAIT | 55P03
          SELECT s.k FROM (SELECT k FROM held WHERE k < 6) s JOIN beside b ON b.k = s.k ORDER BY 1 FOR UPDATE OF s SKIP LOCKED | [1 3 5]
          SELECT h.k FROM held h LEFT JOIN beside b ON b.k = h.k ORDER BY 1 FOR UPDATE OF h SKIP LOCKED | [1 3 5 6 7 8 9]
          CREATE FUNCTION f() RETURNS SETOF int LANGUAGE sql AS $$SELECT k FROM held WHERE k < 6 ORDER BY k FOR UPDATE SKIP LOCKED$$; SELECT f() | [1 3 5]
          CREATE FUNCTION f() RETURNS SETOF int LANGUAGE sql AS $$SELECT k FROM held ORDER BY k FOR UPDATE NOWAIT$$; SELECT f() | 55P03
          CREATE FUNCTION f() RETURNS SETOF int BEGIN ATOMIC SELECT k FROM held ORDER BY k LIMIT 3 FOR UPDATE SKIP LOCKED;END; SELECT * FROM f() | [1 3 5]
          CREATE FUNCTION f() RETURNS SETOF int BEGIN ATOMIC SELECT k FROM held FOR UPDATE NOWAIT;END; SELECT f() | 55P03
          CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$DECLARE n int;BEGIN SELECT k INTO STRICT n FROM held WHERE k > 1 ORDER BY k LIMIT 1 FOR UPDATE SKIP LOCKED;RETURN n;END$$; SELECT f() | [3]
          CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$DECLARE n int;BEGIN SELECT k INTO n FROM held WHERE k = 4 FOR UPDATE NOWAIT;RETURN n;END$$; SELECT f() | 55P03
          CREATE FUNCTION f() RETURNS SETOF int LANGUAGE plpgsql AS $$DECLARE r record;BEGIN FOR r IN SELECT h.k FROM held h JOIN beside b ON b.k = h.k ORDER BY 1 FOR UPDATE SKIP LOCKED LOOP RETURN NEXT r.k;END LOOP;END$$; SELECT f() | [1 5]
          CREATE FUNCTION f() RETURNS SETOF int LANGUAGE plpgsql AS $$BEGIN RETURN QUERY WITH w AS (SELECT k FROM held WHERE k < 6 FOR UPDATE SKIP LOCKED) SELECT k FROM w ORDER BY k;END$$; SELECT f() | [1 3 5]
          CREATE FUNCTION f() RETURNS SETOF int LANGUAGE plpgsql AS $$DECLARE c CURSOR FOR SELECT k FROM held ORDER BY k FOR NO KEY UPDATE SKIP LOCKED;n int;BEGIN OPEN c;FETCH c INTO n;RETURN NEXT n;FETCH c INTO n;RETURN NEXT n;END$$; SELECT f() | [1 3]
          CREATE FUNCTION f() RETURNS SETOF int LANGUAGE plpgsql AS $$BEGIN RETURN QUERY DELETE FROM own WHERE k IN (SELECT k FROM held FOR UPDATE SKIP LOCKED) RETURNING k;END$$; SELECT f() | [3]
          DO $$BEGIN PERFORM k FROM held WHERE k <> 2 FOR UPDATE NOWAIT;END$$ | 55P03
          DO $$BEGIN INSERT INTO own SELECT k + 10 FROM held WHERE k < 4 FOR UPDATE SKIP LOCKED;END$$; SELECT k FROM own ORDER BY k | [2 3 11 13]
          DO $$BEGIN PERFORM k FROM held WHERE k = 1 FOR UPDATE NOWAIT;PERFORM k FROM beside WHERE k = 3 FOR UPDATE NOWAIT;END$$ | 55P03
          SELECT p.k FROM plainly p JOIN beside b ON b.k = p.k ORDER BY 1 FOR UPDATE SKIP LOCKED | [1 5]
          SELECT k FROM plainly ORDER BY k FOR UPDATE NOWAIT | 55P03
          SELECT p.k FROM plainly p JOIN beside b ON b.k = p.k WHERE b.k < 3 ORDER BY 1 FOR UPDATE OF p SKIP LOCKED FOR SHARE OF b | [1]
          SELECT p.k FROM plainly p JOIN beside b ON b.k = p.k WHERE b.k < 3 ORDER BY 1 FOR UPDATE OF p NOWAIT FOR SHARE OF b | 55P03
          SELECT p.k FROM plainly p JOIN beside b ON b.k = p.k ORDER BY 1 FOR UPDATE OF p SKIP LOCKED FOR SHARE OF b NOWAIT | 55P03
          SELECT f.k FROM free f JOIN beside b ON b.k = f.k WHERE b.k < 3 ORDER BY 1 FOR UPDATE OF f NOWAIT FOR SHARE OF b | 55P03
          SELECT p.k FROM plainly p JOIN beside b ON b.k = p.k WHERE b.k IN (1, 5) AND p.k IN (1, 5) ORDER BY 1 FOR UPDATE OF p FOR SHARE OF b NOWAIT | [1 5]
          SELECT k FROM free ORDER BY k FOR UPDATE NOWAIT | 55P03
          COPY (SELECT k FROM plainly ORDER BY k FOR UPDATE SKIP LOCKED) TO STDOUT | [1 3 5 6 7 8 9]
          """)
  void they_are_as_in_postgresql(String statements, String expected) throws Exception {
    for (String protocol : List.of("simple", "extended")) {
      assertThat(answers(both.plain(), protocol, statements)).isEqualTo(expected);
      assertThat(answers(both.mesh(), protocol, statements)).isEqualTo(expected);
    }
  }

  /** Rows of all statements, up to an error's SQLSTATE, in a transaction that is undone. */
  private String answers(Endpoint endpoint, String protocol, String statements) throws Exception {
    try (var holder = open(endpoint, protocol);
        var asking = open(endpoint, protocol);
        var statement = asking.createStatement()) {
      holder.setAutoCommit(false);
      for (String locks : LOCKS.split("; ")) {
        execute(holder, locks);
      }
      asking.setAutoCommit(false);
      statement.execute(
          "SET LOCAL lock_timeout = '20s'"); // fails otherwise than NOWAIT, by its text
      List<String> answers = new ArrayList<>();
      try {
        for (String sql : statements.split("; ")) {
          answer(statement, sql, answers);
        }
      } catch (SQLException e) {
        assertThat(e.getMessage()).contains("could not obtain lock on row in relation \"");
        answers.add(e.getSQLState());
      }
      asking.rollback();
      return String.join(" ", answers);
    }
  }

  private static void answer(Statement statement, String sql, List<String> answers)
      throws SQLException, IOException {
    if (sql.startsWith("COPY")) {
      var copied = new StringWriter();
      statement.getConnection().unwrap(PGConnection.class).getCopyAPI().copyOut(sql, copied);
      answers.add("[" + String.join(" ", copied.toString().lines().toList()) + "]");
    } else if (statement.execute(sql)) {
      List<String> rows = new ArrayList<>();
      try (var found = statement.getResultSet()) {
        while (found.next()) {
          rows.add(found.getString(1));
        }
      }
      answers.add("[" + String.join(" ", rows) + "]");
    }
  }

  private static Connection open(Endpoint endpoint, String protocol) throws SQLException {
    String url = endpoint.jdbc();
    return DriverManager.getConnection(
        url + (url.contains("?") ? "&" : "?") + "preferQueryMode=" + protocol);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
