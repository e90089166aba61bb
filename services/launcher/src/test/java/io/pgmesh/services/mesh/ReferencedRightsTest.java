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

/** A role that may change a reference table, and nothing of the tables that point to it. */
@ExtendWith(WithMesh.class)
class ReferencedRightsTest {
  private Connection client;

  @BeforeEach
  void become_a_keeper(Endpoint mesh) throws SQLException {
    client = DriverManager.getConnection(mesh.jdbc());
    for (String sql :
        List.of(
            "CREATE TABLE kinds (k int PRIMARY KEY)",
            "CREATE TABLE strict_things (id int PRIMARY KEY, k int CONSTRAINT of_kind REFERENCES kinds)",
            "CREATE TABLE loose_things (id int PRIMARY KEY, k int REFERENCES kinds ON DELETE CASCADE)",
            "SELECT create_reference_table('kinds')",
            "SELECT create_distributed_table('strict_things', 'id', shard_count => 4)",
            "SELECT create_distributed_table('loose_things', 'id', shard_count => 4)",
            "INSERT INTO kinds SELECT generate_series(1, 9)",
            "INSERT INTO strict_things VALUES (1, 1)",
            "INSERT INTO loose_things SELECT i, 2 FROM generate_series(1, 20) i",
            "CREATE ROLE keeper",
            "GRANT ALL ON kinds TO keeper",
            "SET ROLE keeper")) {
      Jdbc.run(client, sql);
    }
  }

  @AfterEach
  void clean_up() throws SQLException {
    Jdbc.run(client, "RESET ROLE");
    Jdbc.run(client, "DROP TABLE strict_things, loose_things, kinds");
    Jdbc.run(client, "DROP ROLE keeper");
    client.close();
  }

  private void assertViolated(String sql) {
    assertThatThrownBy(() -> Jdbc.run(client, sql))
        .isInstanceOfSatisfying(
            SQLException.class,
            error -> {
              assertThat(error.getSQLState()).isEqualTo("23503");
              assertThat(error.getMessage())
                  .contains(
                      "update or delete on table \"kinds\" violates foreign key constraint"
                          + " \"of_kind\" on table \"strict_things\"");
            });
  }

  @Test
  void rows_that_nothing_points_to_can_go() throws SQLException {
    Jdbc.run(client, "DELETE FROM kinds WHERE k > 7");
    Jdbc.run(client, "UPDATE kinds SET k = 17 WHERE k = 7");
    assertThat(Jdbc.run(client, "SELECT count(*), max(k) FROM kinds")).containsExactly("7|17");
    Jdbc.run(client, "RESET ROLE");
    assertThat(
            Jdbc.run(
                client,
                "SELECT DISTINCT result FROM run_command_on_workers('SELECT max(k) FROM kinds')"))
        .containsExactly("17");
  }

  @Test
  void rows_that_others_point_to_stay() throws SQLException {
    assertViolated("DELETE FROM kinds WHERE k = 1");
    assertViolated("UPDATE kinds SET k = 11 WHERE k = 1");
    assertViolated("DO $$ BEGIN DELETE FROM kinds WHERE k = 1; END $$");
    assertThat(Jdbc.run(client, "SELECT count(*) FROM kinds WHERE k = 1")).containsExactly("1");
  }

  @Test
  void rows_go_with_what_they_point_to() throws SQLException {
    Jdbc.run(client, "DELETE FROM kinds WHERE k = 2");
    Jdbc.run(client, "RESET ROLE");
    assertThat(Jdbc.run(client, "SELECT count(*) FROM loose_things")).containsExactly("0");
  }

  @Test
  void the_tables_themselves_are_out_of_reach() {
    for (String sql : List.of("DELETE FROM loose_things", "SELECT * FROM strict_things")) {
      assertThatThrownBy(() -> Jdbc.run(client, sql))
          .isInstanceOfSatisfying(
              SQLException.class, error -> assertThat(error.getSQLState()).isEqualTo("42501"));
    }
  }
}
