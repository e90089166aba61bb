package io.pgmesh.router.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.router.planner.StatementPlanner.SessionView;
import org.junit.jupiter.api.Test;

class InsertPlannerTest {

  private static String plan(String sql, String... parameters) {
    return SampleMesh.plan(sql, InsertPlanner::plan, parameters);
  }

  @Test
  void one_row_goes_to_its_shard_as_written() {
    assertThat(plan("INSERT INTO orders VALUES (1, 'a; b', 1.5) RETURNING *"))
        .isEqualTo(
            "w1: INSERT INTO \"public\".\"orders_102008\" AS \"orders\" VALUES (1, 'a; b', 1.5)"
                + " RETURNING *\n");
    assertThat(plan("insert into public.orders as o (item, id) values ($1, $2)", "x", "-1"))
        .isEqualTo(
            "w2: INSERT INTO \"public\".\"orders_102009\" AS o (item, id) VALUES ($1, $2)\n");
  }

  @Test
  void rows_are_split_by_shard_in_their_order() {
    assertThat(plan("insert into orders(id, item) values (1, 'a'), (-1, lower('B')), (0, DEFAULT)"))
        .isEqualTo(
            """
            w1: INSERT INTO "public"."orders_102008" AS "orders" (id, item) VALUES (1, 'a'), (0, DEFAULT)
            w2: INSERT INTO "public"."orders_102009" AS "orders" (id, item) VALUES (-1, lower('B'))
            """);
  }

  @Test
  void rows_that_a_conflict_may_leave_out_are_returned_by_statements_of_their_own() {
    String rows = "insert into orders(id) values (1), (0), (-1), (2), (0) on conflict (id) do ";
    String nothing = plan(rows + "nothing returning id");
    assertThat(nothing.lines().map(line -> line.replaceAll("(?s)INSERT.*VALUES|on conf.*", "")))
        .containsExactly("w1:  (1), (0) ", "w2:  (-1), (2) ", "w1:  (0) ");
    assertThat(plan(rows + "nothing").lines()).hasSize(2);
    assertThat(plan(rows + "update set item = 'x' where orders.id > 0 returning id").lines())
        .hasSize(2);
  }

  @Test
  void values_of_sequences_come_from_the_coordinator_database() {
    assertThat(plan("insert into app.events (tenant) values ('t1'), ('t2') returning id"))
        .isEqualTo(
            """
            routed events [tenant, id, at] key 0 InsertTail[alias=events, overriding=, conflict=, returning=returning id, returned=EVERY]
              from coordinator BLOCK: VALUES (('t1')::text, (nextval('app.ids'::regclass))::bigint, \
            (now())::timestamp with time zone), \
            (('t2')::text, (nextval('app.ids'::regclass))::bigint, (now())::timestamp with time zone)
            """);
    assertThat(plan("insert into app.events (tenant, id) values ('t1', 7)")).startsWith("w");
    assertThat(plan("insert into app.events (tenant, id) values ('t1', default)"))
        .startsWith("routed");
  }

  @Test
  void defaults_that_are_the_time_are_written_out() {
    assertThat(plan("insert into app.events (tenant, id) values ('t1', 7)"))
        .endsWith("(\"tenant\", \"id\", \"at\") VALUES ('t1', 7, (now()))\n");
    assertThat(plan("insert into app.events values ('t1', 7)"))
        .endsWith("(\"tenant\", \"id\", \"at\") VALUES ('t1', 7, (now()))\n");
    assertThat(plan("insert into app.events values ('t1', 7, default)"))
        .endsWith("AS \"events\" VALUES ('t1', 7, (now()))\n");
    assertThat(plan("insert into app.events values ('t1', 7, null) on conflict do nothing"))
        .endsWith("AS \"events\" VALUES ('t1', 7, null) on conflict do nothing\n");
    assertThat(
            plan(
                "insert into app.events values ('t1', 7, null) on conflict (tenant) do update"
                    + " set (id, at) = (7, default)"))
        .endsWith("set (id, at) = (7, (now()))\n");
    assertThat(plan("insert into app.events (tenant, id) select tenant, id from app.events e"))
        .contains("(\"tenant\", \"id\", \"at\") select tenant, id, (now()) from ");
  }

  @Test
  void what_only_the_coordinator_database_knows_is_evaluated_there() {
    assertThat(plan("insert into orders(id, item) values (1 + 1, (select 'x'))"))
        .contains("from coordinator BLOCK: VALUES ((1 + 1)::bigint, ((select 'x'))::text)");
    assertThat(plan("insert into orders(id, amount) values (1, my_function(2))"))
        .contains("VALUES ((1)::bigint, (my_function(2))::numeric)");
  }

  @Test
  void a_row_without_key_is_refused() {
    assertThatThrownBy(() -> plan("insert into orders(item) values ('a')"))
        .hasMessageContaining("without a partition column value");
    assertThatThrownBy(() -> plan("insert into orders(id) values (NULL)"))
        .hasMessageContaining("NULL in the partition column");
    assertThatThrownBy(() -> plan("insert into orders(id) values ($1)", (String) null))
        .hasMessageContaining("NULL in the partition column");
  }

  @Test
  void on_conflict_keeps_the_key_and_names_columns_instead_of_a_constraint() {
    assertThat(
            plan(
                "insert into orders values (1) on conflict on constraint orders_pkey do update set"
                    + " item = excluded.item where orders.amount > 0"))
        .isEqualTo(
            "w1: INSERT INTO \"public\".\"orders_102008\" AS \"orders\" VALUES (1) on conflict"
                + " (\"id\") do update set item = excluded.item where orders.amount > 0\n");
    assertThatThrownBy(
            () -> plan("insert into orders values (1) on conflict (id) do update set id = 5"))
        .hasMessage("modifying the partition value of rows is not allowed");
  }

  @Test
  void a_colocated_select_runs_shard_by_shard() {
    assertThat(plan("insert into lines select o.id, 1 from orders o where amount > 5"))
        .isEqualTo(
            """
            w1: INSERT INTO "public"."lines_102010" AS "lines" ("order_id", "line") \
            select o.id, 1 from "public"."orders_102008" o where amount > 5
            w2: INSERT INTO "public"."lines_102011" AS "lines" ("order_id", "line") \
            select o.id, 1 from "public"."orders_102009" o where amount > 5
            """);
    assertThat(plan("insert into lines select id, count(*) from orders group by id"))
        .startsWith("w1: ");
  }

  @Test
  void rows_of_other_selects_are_routed_from_workers_or_the_coordinator_database() {
    assertThat(plan("insert into lines select id + 1, 1 from orders"))
        .startsWith("routed lines [order_id, line] key 0 ")
        .contains(
            "from w1: SELECT pgmesh_rows.c1::bigint, pgmesh_rows.c2::integer FROM (select id + 1, 1"
                + " from \"public\".\"orders_102008\" AS \"orders\") AS pgmesh_rows (\"c1\", \"c2\")");
    assertThat(plan("insert into lines select id, 1 from orders limit 5"))
        .contains(
            "from coordinator BLOCK: SELECT pgmesh_rows.c1::bigint, pgmesh_rows.c2::integer FROM"
                + " (select id, 1 from orders limit 5) AS pgmesh_rows (\"c1\", \"c2\")");
    assertThat(plan("insert into lines select max(id), 1 from orders"))
        .contains("from coordinator BLOCK: ");
    assertThat(plan("insert into lines select 7, 1 from orders where id = 1"))
        .contains("from w1: ")
        .doesNotContain("w2");
    assertThat(plan("insert into orders (id) select generate_series(1, 10)"))
        .contains("FROM (select generate_series(1, 10)) AS pgmesh_rows (\"c1\")");
  }

  @Test
  void other_tables_are_the_coordinator_databases() {
    assertThat(plan("insert into countries values ('de', 'x')"))
        .isEqualTo("coordinator BLOCK: insert into countries values ('de', 'x')\n");
    assertThat(plan("insert into notes select * from orders")).startsWith("coordinator BLOCK: ");
  }

  @Test
  void the_loopback_names_tables_by_oid() {
    SessionView loopback = new SessionView(true, false, false, true);
    assertThat(
            SampleMesh.plan(
                "INSERT INTO pgmesh_shell.\"16400\"(id, item) VALUES ($1, $2), ($3, $4)",
                loopback,
                InsertPlanner::plan,
                "1",
                "a",
                "-1",
                "b"))
        .isEqualTo(
            """
            w1: INSERT INTO "public"."orders_102008" AS "orders" (id, item) VALUES ($1, $2)
            w2: INSERT INTO "public"."orders_102009" AS "orders" (id, item) VALUES ($3, $4)
            """);
  }
}
