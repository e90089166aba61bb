package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.services.mesh.wire.Endpoint;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A role that may read and write some columns of a distributed table only. */
@ExtendWith(WithMesh.class)
class ColumnPrivilegesTest {
  private Connection client;

  @BeforeEach
  void become_a_clerk(Endpoint mesh) throws SQLException {
    client = DriverManager.getConnection(mesh.jdbc());
    Jdbc.run(
        client,
        """
        CREATE TABLE files (k int, note text, at timestamptz DEFAULT now(), secret text DEFAULT 'x')
        """);
    Jdbc.run(client, "SELECT create_distributed_table('files', 'k')");
    Jdbc.run(client, "INSERT INTO files SELECT i, 'note ' || i % 3 FROM generate_series(1, 30) i");
    Jdbc.run(client, "CREATE ROLE clerk");
    Jdbc.run(client, "GRANT SELECT (k, note), INSERT (k, note) ON files TO clerk");
    Jdbc.run(client, "SET ROLE clerk");
  }

  @AfterEach
  void clean_up() throws SQLException {
    Jdbc.run(client, "RESET ROLE");
    Jdbc.run(client, "DROP TABLE files");
    Jdbc.run(client, "DROP ROLE clerk");
    client.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ':',
      textBlock =
          """
          SELECT count(*) FROM files : 30
          SELECT sum(k) FROM files WHERE note = 'note 1' : 145
          SELECT note, count(k) FROM files GROUP BY note ORDER BY note LIMIT 1 : note 0|10
          SELECT k FROM files ORDER BY k DESC LIMIT 1 : 30
          SELECT DISTINCT note FROM files ORDER BY 1 LIMIT 1 : note 0
          SELECT 1 FROM files ORDER BY 1 LIMIT 1 : 1
          """)
  void what_it_may_read_is_read_from_all_shards(String sql, String row) throws SQLException {
    assertThat(Jdbc.run(client, sql)).containsExactly(row);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT max(secret) FROM files",
        "SELECT * FROM files ORDER BY k",
        "SELECT count(files) FROM files",
        "INSERT INTO files (k, secret) VALUES (1, 'y')",
      })
  void the_rest_is_refused(String sql) {
    assertThatThrownBy(() -> Jdbc.run(client, sql))
        .isInstanceOfSatisfying(
            SQLException.class, error -> assertThat(error.getSQLState()).isEqualTo("42501"));
  }

  @Test
  void columns_that_it_may_not_write_get_their_defaults() throws SQLException {
    for (String rows :
        List.of(
            "VALUES (101, 'a')",
            "VALUES (102, 'b'), (103, 'c')",
            "SELECT k + 200, note FROM files WHERE k < 4")) {
      Jdbc.run(client, "INSERT INTO files (k, note) " + rows);
    }
    Jdbc.run(client, "RESET ROLE");
    assertThat(Jdbc.run(client, "SELECT count(at), count(secret) FROM files WHERE k > 100"))
        .containsExactly("6|6");
  }
}
