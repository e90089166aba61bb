package io.pgmesh.replication.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Transactions that commit at the same time. SET CONSTRAINTS numbers a transaction while it is
 * open, as if its commit took long.
 */
@ReferenceWait(seconds = 30)
class CommitOrderTest extends OnMesh {
  private static final String NUMBER_ME = "SET CONSTRAINTS ALL IMMEDIATE";

  private static void run(Connection connection, String... statements) throws SQLException {
    connection.setAutoCommit(false);
    try (var statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static void assertReplicated(String table, String contents) throws Exception {
    assertThat(mesh.value(Mesh.contents(table))).isEqualTo(contents);
    for (int group = 1; group <= 2; group++) {
      assertThat(mesh.value(group, Mesh.contents(table))).isEqualTo(contents);
    }
  }

  @Test
  void a_commit_that_is_overtaken_by_a_later_position_is_not_lost() throws Exception {
    mesh.referenceTable("overtaken", "id int PRIMARY KEY");
    try (var slow = Mesh.connect(mesh.coordinator);
        var fast = Mesh.connect(mesh.coordinator)) {
      run(slow, "INSERT INTO overtaken VALUES (1)", NUMBER_ME);
      run(fast, "INSERT INTO overtaken VALUES (2)");
      fast.commit();
      var applied = mesh.askApplied();
      mesh.eventually(
          "SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted", "t");
      assertThat(applied.isDone()).as("nothing is sent past the open one").isFalse();
      slow.commit();
      applied.get(30, TimeUnit.SECONDS);
      mesh.await("");
    }
    assertReplicated("overtaken", "(1)\n(2)");
  }

  @Test
  void a_change_made_after_the_transaction_was_numbered_comes_after_those_it_waited_for()
      throws Exception {
    mesh.referenceTable("numbered", "id int PRIMARY KEY, v text");
    mesh.write("INSERT INTO numbered VALUES (1, 'a'), (2, 'a')");
    try (var early = Mesh.connect(mesh.coordinator);
        var late = Mesh.connect(mesh.coordinator)) {
      run(early, "UPDATE numbered SET v = 'b' WHERE id = 1", NUMBER_ME);
      run(late, "UPDATE numbered SET v = 'b' WHERE id = 2");
      late.commit();
      run(early, "UPDATE numbered SET v = v || 'c' WHERE id = 2");
      early.commit();
    }
    mesh.await("");
    assertReplicated("numbered", "(1,b)\n(2,bc)");
  }

  @Test
  void what_a_savepoint_undoes_does_not_keep_the_position_it_took() throws Exception {
    mesh.referenceTable("undone", "id int PRIMARY KEY, v text");
    mesh.write("INSERT INTO undone VALUES (1, 'a'), (2, 'a')");
    try (var early = Mesh.connect(mesh.coordinator);
        var late = Mesh.connect(mesh.coordinator)) {
      run(
          early,
          "UPDATE undone SET v = 'b' WHERE id = 1",
          "SAVEPOINT s",
          NUMBER_ME,
          "ROLLBACK TO s");
      run(late, "UPDATE undone SET v = 'b' WHERE id = 2");
      late.commit();
      run(early, "UPDATE undone SET v = v || 'c' WHERE id = 2");
      early.commit();
    }
    mesh.await("");
    assertReplicated("undone", "(1,b)\n(2,bc)");
  }
}
