package io.pgmesh.executor.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.SqlText;
import org.junit.jupiter.api.Test;

/** One time on all servers, told by the coordinator database. */
class TransactionTimeTest extends OnItems {
  private static final String OPEN =
      "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'";

  private String timeOn(int group) {
    var text = "SELECT coalesce($1::timestamptz, now())";
    return session
        .run(new Plan.Timed(new Plan.OneShard(session.task(group, text), false), false))
        .value();
  }

  @Test
  void a_block_that_only_asks_for_the_time_leaves_no_transaction_open() throws Exception {
    String last = "";
    for (int block = 0; block < 5; block++) {
      session.begin();
      String time = timeOn(1);
      assertThat(timeOn(2)).isEqualTo(time).isGreaterThan(last);
      assertThat(session.commit().tag()).isEqualTo("COMMIT");
      last = time;
    }
    waitFor(0, OPEN, "0");
    session.begin();
    assertThat(session.read("SELECT now()").value()).isGreaterThan(last);
    session.commit();
  }

  @Test
  void what_comes_later_in_the_block_has_the_same_time_and_is_committed() throws Exception {
    session.begin();
    String time = timeOn(1);
    assertThat(session.read("SELECT now()").value()).isEqualTo(time);
    session.write("INSERT INTO items VALUES (1, 'of the block')");
    session.onWorker(1, "INSERT INTO items VALUES (1, 'of the block')", true);
    session.commit();
    assertThat(mesh.value(0, "SELECT count(*) FROM items")).isEqualTo("1");
    session.begin();
    timeOn(1);
    session.onWorker(1, "INSERT INTO items VALUES (2, 'rolled back')", true);
    session.rollback();
    assertThat(mesh.value(1, "SELECT count(*) FROM items")).isEqualTo("1");
    assertThat(mesh.value(0, OPEN)).isEqualTo("0");
  }

  @Test
  void a_session_with_a_connection_of_its_own_keeps_it() throws Exception {
    var create = SqlText.unchanged("CREATE TEMP TABLE own (a int)");
    session.run(new Plan.Coordinator(create, Plan.Use.BLOCK, Plan.Effects.SESSION, ""));
    session.begin();
    timeOn(1);
    session.commit();
    assertThat(mesh.value(0, OPEN)).isEqualTo("0");
    assertThat(session.read("SELECT count(*) FROM own").value()).isEqualTo("0");
  }
}
