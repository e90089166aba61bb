package io.pgmesh.replication.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Transactions whose rows a worker got inside the transaction; here the test is the executor. */
@ReferenceWait(seconds = 30)
class CarriedTest extends OnMesh {
  private static final String ID = "0123456789abcdef0123456789abcdef";

  private static void carry(String table, String values, String id) throws Exception {
    mesh.worker(
        1,
        "BEGIN",
        "INSERT INTO " + table + " VALUES " + values,
        "PREPARE TRANSACTION 'pgmesh_" + id + "_0'");
    mesh.write(
        "INSERT INTO " + table + " VALUES " + values,
        "UPDATE pgmesh.change_transaction SET carried_id = (SELECT max(id) FROM pgmesh.change_log)"
            + " WHERE xid = pg_current_xact_id()",
        "SELECT pgmesh.record_carried('{1}', '" + id + "')");
  }

  @Test
  void an_applier_passes_over_what_its_worker_has_and_waits_for_its_commit() throws Exception {
    mesh.referenceTable("carried", "id int PRIMARY KEY, v text");
    carry("carried", "(1, 'one'), (2, 'two')", ID); // its await returns: worker 1 is not waited for
    assertThat(mesh.value(2, Mesh.contents("carried"))).isEqualTo("(1,one)\n(2,two)");
    assertThat(mesh.value(1, Mesh.contents("carried"))).isEmpty();
    var later = CompletableFuture.supplyAsync(CarriedTest::update);
    mesh.eventually(
        "SELECT count(*) FROM pgmesh.change_transaction t WHERE position > (SELECT min(applied_position)"
            + " FROM pgmesh.replica WHERE groupid = 1 AND relation = 'carried'::regclass)"
            + " AND position <= (SELECT min(applied_position) FROM pgmesh.replica WHERE groupid = 2)",
        "2");
    assertThat(later).as("the second change needs the first one's row").isNotDone();
    mesh.worker(1, "COMMIT PREPARED 'pgmesh_" + ID + "_0'");
    later.get(30, TimeUnit.SECONDS);
    assertThat(mesh.value(1, Mesh.contents("carried"))).isEqualTo("(1,changed)\n(2,two)");
    assertThat(mesh.value(2, Mesh.contents("carried"))).isEqualTo("(1,changed)\n(2,two)");
  }

  private static Object update() {
    try {
      return mesh.write("UPDATE carried SET v = 'changed' WHERE id = 1");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_large_carried_transaction_is_passed_over_piece_by_piece() throws Exception {
    mesh.referenceTable("large", "id int PRIMARY KEY, v text");
    var id = ID.replace('0', 'f');
    mesh.worker(
        1, "INSERT INTO large SELECT i, repeat('x', 1000) FROM generate_series(1, 1000) AS i");
    mesh.write(
        "INSERT INTO large SELECT i, repeat('x', 1000) FROM generate_series(1, 1000) AS i",
        "UPDATE pgmesh.change_transaction SET carried_id = (SELECT max(id) FROM pgmesh.change_log)"
            + " WHERE xid = pg_current_xact_id()",
        "SELECT pgmesh.record_carried('{1}', '" + id + "')");
    mesh.write("DELETE FROM large WHERE id > 10");
    for (int group = 1; group <= 2; group++) {
      assertThat(mesh.value(group, "SELECT count(*) FROM large")).isEqualTo("10");
    }
  }
}
