package io.pgmesh.router.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.router.planner.StatementPlanner.Bound;
import io.pgmesh.router.planner.StatementPlanner.SessionView;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoopbackSelectTest {
  private static final SessionView LOOPBACK = new SessionView(true, false, false, true);

  @Test
  void a_scan_reads_every_shard() {
    assertThat(plan("SELECT id, item FROM pgmesh_shell.\"16400\" WHERE ((amount > 5))"))
        .isEqualTo(
            """
            w1: SELECT id, item FROM "public"."orders_102008" AS "16400" WHERE ((amount > 5))
            w2: SELECT id, item FROM "public"."orders_102009" AS "16400" WHERE ((amount > 5))
            """);
  }

  @Test
  void a_scan_for_one_key_reads_its_shard() {
    assertThat(plan("SELECT item FROM pgmesh_shell.\"16400\" WHERE ((id = 1::bigint))"))
        .isEqualTo(
            "w1: SELECT item FROM \"public\".\"orders_102008\" AS \"16400\" WHERE ((id = 1::bigint))\n");
  }

  @Test
  void rows_are_locked_by_one_query_a_shard() {
    assertThat(plan("SELECT item, ctid FROM pgmesh_shell.\"16400\" FOR UPDATE"))
        .contains("orders_102008\" AS \"16400\" FOR UPDATE");
  }

  @Test
  void what_several_shards_cannot_answer_is_refused() {
    for (String tail : List.of(" ORDER BY item ASC NULLS LAST", " LIMIT 5::bigint")) {
      assertRefused("SELECT item FROM pgmesh_shell.\"16400\"" + tail);
    }
  }

  private static void assertRefused(String sql) {
    assertThatThrownBy(() -> plan(sql))
        .isInstanceOfSatisfying(
            SqlError.class, error -> assertThat(error.code()).isEqualTo("0A000"));
  }

  private static String plan(String sql) {
    var planned = SelectPlanner.plan(SampleMesh.phrase(sql), SampleMesh.context(sql, LOOPBACK));
    return PrintedPlan.of(((Bound.Ready) planned.bind(Arguments.NONE, List.of())).plan());
  }
}
