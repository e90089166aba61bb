package io.pgmesh.router.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CopyPlannerTest {

  private static String plan(String sql) {
    return SampleMesh.plan(sql, CopyPlanner::plan);
  }

  @Test
  void rows_that_come_in_are_sharded_by_their_key() {
    assertThat(plan("COPY orders FROM STDIN"))
        .isEqualTo(
            "copy orders [id, item, amount] key 0 CopyFormat[kind=TEXT, delimiter=\t,"
                + " nullText=\\N, header=false, quote=\", escape=\"] options [(FORMAT text)]"
                + " filled []\n");
    assertThat(
            plan("copy app.events (at, tenant) from stdin with (format 'csv', header, null 'x')"))
        .isEqualTo(
            "copy events [at, tenant] key 1 CopyFormat[kind=CSV, delimiter=,, nullText=x,"
                + " header=true, quote=\", escape=\"] options [(FORMAT csv, NULL 'x', HEADER true)] filled"
                + " [FilledColumn[name=id, expression=(nextval('app.ids'::regclass))::bigint,"
                + " constant=false, writes=false]]\n");
  }

  @Test
  void the_time_is_the_same_for_all_rows() {
    assertThat(plan("copy app.events (tenant, id) from stdin"))
        .endsWith(
            " filled [FilledColumn[name=at, expression=(now())::timestamp with time zone,"
                + " constant=true, writes=false]]\n");
  }

  @Test
  void the_old_syntax_is_read_too() {
    assertThat(
            plan(
                "copy orders from stdin using delimiters '|' with null as '' csv header quote as"
                    + " '`' force not null item, amount where amount > 5"))
        .contains("delimiter=|", "nullText=,", "header=true", "quote=`, escape=`")
        .contains(
            "options [(FORMAT csv, DELIMITER '|', NULL '', QUOTE '`', FORCE_NOT_NULL (\"item\","
                + " \"amount\"), HEADER true) where amount > 5]");
    assertThat(plan("copy binary orders from stdin")).contains("kind=BINARY", "(FORMAT binary)");
    assertThat(plan("copy orders from stdin with binary")).contains("kind=BINARY");
    assertThat(plan("copy orders from stdin delimiter E'\\t'")).contains("DELIMITER '\t'");
  }

  @Test
  void what_cannot_be_right_is_refused() {
    for (String sql :
        new String[] {
          "copy orders (item) from stdin",
          "copy orders from '/tmp/x'",
          "copy orders from program 'cat'",
          "copy orders from stdin (on_error ignore)",
          "copy orders from stdin (header match)",
          "copy orders from stdin (format csv, force_null (id))",
          "copy orders from stdin (encoding 'latin1')",
          "copy orders from stdin where id in (select 1)"
        }) {
      assertThatThrownBy(() -> plan(sql)).as(sql).isInstanceOf(RuntimeException.class);
    }
  }

  @Test
  void every_worker_copies_its_shards_out() {
    assertThat(plan("copy orders (item) to stdout with csv header"))
        .isEqualTo(
            """
            w1: COPY (SELECT "item" FROM "public"."orders_102008") TO stdout with csv header
            w2: COPY (SELECT "item" FROM "public"."orders_102009") TO stdout with csv header
            """);
    assertThat(plan("copy binary orders to stdout")).contains(") TO stdout (FORMAT binary)");
  }

  @Test
  void files_are_written_by_the_coordinator_database() {
    assertThat(plan("copy orders (item) to '/tmp/x'"))
        .isEqualTo("coordinator BLOCK: COPY (SELECT \"item\" FROM orders) TO '/tmp/x'\n");
  }

  @Test
  void other_copies_are_the_coordinator_databases() {
    assertThat(plan("copy countries from stdin")).startsWith("coordinator BLOCK: copy countries");
    assertThat(plan("copy (select * from orders) to stdout")).startsWith("coordinator BLOCK: copy");
  }
}
