package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.services.mesh.wire.Endpoint;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every session asks for the values that its own statements took, whoever else took some. */
@ExtendWith(WithMesh.class)
class SequenceValuesTest {
  private static final int SESSIONS = 6;

  private final List<Connection> sessions = new ArrayList<>();

  @BeforeEach
  void connect(Endpoint mesh) throws SQLException {
    for (int i = 0; i < SESSIONS; i++) {
      sessions.add(DriverManager.getConnection(mesh.jdbc()));
    }
    Jdbc.run(sessions.getFirst(), "CREATE TABLE taken (id bigserial, s int, PRIMARY KEY (id, s))");
  }

  @AfterEach
  void close() throws SQLException {
    for (Connection session : sessions) {
      if (!session.getAutoCommit()) {
        session.rollback();
        session.setAutoCommit(true);
      }
    }
    Jdbc.run(sessions.getFirst(), "DROP TABLE taken");
    for (Connection session : sessions) {
      session.close();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT create_distributed_table('taken', 'id')",
        "SELECT create_distributed_table('taken', 's')",
        "SELECT create_reference_table('taken')",
        "SELECT 'local'"
      })
  void values_are_the_sessions_own(String kind) throws SQLException {
    Jdbc.run(sessions.getFirst(), kind);
    var inserted = new ArrayList<String>();
    List<Connection> inserting = sessions.subList(0, SESSIONS - 1);
    for (int i = 0; i < inserting.size(); i++) {
      String insert = "INSERT INTO taken (s) VALUES (" + i + ") RETURNING id";
      inserted.addAll(Jdbc.run(inserting.get(i), insert));
    }
    for (int i = 0; i < inserting.size(); i++) {
      assertThat(Jdbc.run(inserting.get(i), "SELECT currval('taken_id_seq')"))
          .isEqualTo(List.of(inserted.get(i)));
      if (!kind.contains("reference")) { // whose log takes values of a sequence of its own
        assertThat(Jdbc.run(inserting.get(i), "SELECT lastval()"))
            .isEqualTo(List.of(inserted.get(i)));
      }
    }
    assertThatThrownBy(() -> Jdbc.run(sessions.getLast(), "SELECT currval('taken_id_seq')"))
        .hasMessageContaining("is not yet defined in this session");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void they_outlive_transactions_that_overlap(boolean first) throws SQLException {
    Jdbc.run(sessions.getFirst(), "SELECT create_distributed_table('taken', 's')");
    Connection one = sessions.get(0);
    Connection other = sessions.get(1);
    one.setAutoCommit(false);
    other.setAutoCommit(false);
    Jdbc.run(one, "INSERT INTO taken (s) VALUES (100)");
    Jdbc.run(other, "INSERT INTO taken (s) VALUES (101)");
    (first ? one : other).commit();
    (first ? other : one).commit();
    String mine = "SELECT s FROM taken WHERE id = currval('taken_id_seq')";
    assertThat(Jdbc.run(one, mine)).isEqualTo(List.of("100"));
    assertThat(Jdbc.run(other, mine)).isEqualTo(List.of("101"));
  }
}
