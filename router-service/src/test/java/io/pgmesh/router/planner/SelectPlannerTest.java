package io.pgmesh.router.planner;

import static io.pgmesh.router.planner.Planning.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.PlanText;
import io.pgmesh.router.planner.StatementPlanner.SessionView;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectPlannerTest {
  @Test
  void a_key_leads_to_one_shard_and_the_text_stays() {
    assertThat(text("select id, o.total /* sum */ from orders o where o.company_id = 5"))
        .isEqualTo(
            """
            OneShard
              worker 1: select id, o.total /* sum */ from "public"."orders_102008" o where o.company_id = 5
            """);
    assertThat(text("select orders.id from public.orders where 5 = company_id and id < 3 limit 1"))
        .isEqualTo(
            """
            OneShard
              worker 1: select orders.id from "public"."orders_102008" AS "orders" where 5 = company_id and id < 3 limit 1
            """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select * from orders o join lines l on o.company_id = l.company_id where l.company_id = 5",
        "select * from orders o join lines l using (company_id) where company_id = 5",
        "select * from orders o, lines l where o.company_id = l.company_id and o.company_id = 5",
        "select * from orders o left join lines l on o.company_id = l.company_id where o.company_id = 5",
        "select * from orders o left join lines l on o.company_id = l.company_id where l.company_id = 5",
        "select * from lines l right join orders o on o.company_id = l.company_id where l.company_id = 5",
        "select * from orders o left join lines l on l.company_id = 5 where o.company_id = 5",
        "select * from orders where company_id = 5 and id in (select order_id from lines where company_id = 5)",
        "select * from orders o where company_id = 5 and exists (select 1 from lines l where l.company_id = o.company_id)",
        "select * from orders where company_id = 5 union all select * from orders where company_id = 5 order by 1",
        "with a as (select * from orders where company_id = 5) select count(*) from a",
        "with orders as (select * from lines where company_id = 5) select * from orders",
        "select * from (select * from orders where company_id = 5) x",
        "select * from orders o join country c on c.id = o.country_id where o.company_id = 5",
        "select string_agg(state, ',') from orders where company_id in (5)",
        "select * from orders where company_id = 5 for update",
        "select *, row_number() over (order by id) from orders where company_id = 5",
        "select o.id, x.n from orders o, lateral (select count(*) n from lines l where l.company_id = o.company_id) x where o.company_id = 5",
        "select * from notes order by id limit 5",
        "select * from notes a join notes b on a.id > b.id",
        "select * from orders where company_id = 5::bigint and (state = 'a' or state = 'b')",
        "select * from orders where company_id = null",
      })
  void one_shard(String sql) {
    assertThat(Planning.plan(sql)).as(text(sql)).isInstanceOf(Plan.OneShard.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select * from orders o left join lines l on o.company_id = l.company_id and o.company_id = 5 order by random()",
        "select * from orders o left join lines l on l.company_id = 5",
        "select * from orders where company_id = 5 union select * from orders",
        "select * from orders where company_id = 5 or id = 3 union select * from lines",
        "select * from orders o, lines l where o.company_id = 5",
        "select * from orders o, visits v where o.company_id = v.company_id and v.company_id = 5",
        "select * from orders where company_id = 5 and id in (select order_id from lines)",
        "select * from orders, local where company_id = 5",
        "select my_function(id) from orders where company_id = 5",
        "select nextval('s') from orders where company_id = 5",
        "select * from orders o full join lines l on o.id = l.order_id and o.company_id = 5",
        "select * from country c left join orders o on o.country_id = c.id",
        "select * from orders o join lines l on o.id = l.order_id",
        "with gone as (delete from lines where company_id = 5 returning *) select * from orders where company_id = 5",
        "select public.orders.id from public.orders where company_id = 5",
        "select * from orders where (company_id = 5) is not true union all select * from orders",
        "select * from country",
        "select 1",
      })
  void coordinator(String sql) {
    assertThat(Planning.plan(sql)).as(text(sql)).isInstanceOf(Plan.Coordinator.class);
  }

  @Test
  void without_a_key_workers_read_their_shards_together() {
    assertThat(text("select id from orders where total > 3"))
        .isEqualTo(
            """
            Scatter [concat]
              worker 1: select id from "public"."orders_102008" AS "orders" where total > 3 UNION ALL select id from "public"."orders_102010" AS "orders" where total > 3
              worker 2: select id from "public"."orders_102009" AS "orders" where total > 3 UNION ALL select id from "public"."orders_102011" AS "orders" where total > 3
            """);
  }

  @Test
  void a_list_of_keys_leaves_their_shards() {
    assertThat(text("select id from orders where company_id in (5, 1)")).startsWith("OneShard");
    assertThat(text("select id from orders where company_id in (42, 5)")).startsWith("Scatter");
  }

  @Test
  void a_parameter_is_hashed_when_it_is_bound() {
    var arguments =
        new Arguments(
            List.of(20L), List.of(), List.of("5".getBytes(StandardCharsets.UTF_8)), List.of());
    var plan =
        Planning.plan("select id from orders where company_id = $1", SessionView.PLAIN, arguments);
    assertThat(PlanText.of(plan)).contains("orders_102008");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ((ctid IS DISTINCT FROM '(4294967295,1)'::tid)) AND ((company_id = 5)) FOR UPDATE | SKIP LOCKED
          ((ctid <> '(4294967295,2)'::tid)) AND ((company_id = 5)) FOR SHARE | NOWAIT
          ((ctid IS DISTINCT FROM '(4294967295,2)'::tid)) AND ((ctid IS DISTINCT FROM '(4294967295,1)'::tid)) AND ((company_id = 5)) FOR UPDATE | NOWAIT
          ((state = 'ctid IS DISTINCT FROM ''(4294967295,1)''::tid')) AND ((company_id = 5)) FOR UPDATE | ``
          ((company_id = 5)) FOR UPDATE | ``
          """)
  void the_loopback_reads_marks(String rest, String locks) {
    String scan = "DECLARE c1 CURSOR FOR SELECT id FROM pgmesh_shell.\"100\" WHERE " + rest;
    assertThat(PlanText.of(Planning.plan(scan, Planning.LOOPBACK, Arguments.NONE)))
        .startsWith(("DeclareCursor c1 " + locks).strip() + "\n  OneShard");
  }

  @Test
  void the_loopback_names_tables_by_oid() {
    var plan =
        Planning.plan(
            "DECLARE c1 CURSOR FOR SELECT id FROM pgmesh_shell.\"100\" WHERE ((company_id = 5))",
            Planning.LOOPBACK,
            Arguments.NONE);
    assertThat(PlanText.of(plan))
        .isEqualTo(
            """
            DeclareCursor c1
              OneShard
                worker 1: SELECT id FROM "public"."orders_102008" AS "100" WHERE ((company_id = 5))
            """);
  }

  @Test
  void rows_are_sorted_and_cut_by_the_last_query() {
    assertThat(
            text(
                "select sku, amount * 2 as twice from lines order by amount desc nulls last, 1 limit 3 offset $1"))
        .isEqualTo(
            """
            Scatter [combine]
              worker 1: SELECT sku AS pgmesh_1, amount * 2 AS pgmesh_2, amount AS pgmesh_3 FROM (SELECT "sku", "amount" FROM "public"."lines_102012" UNION ALL SELECT "sku", "amount" FROM "public"."lines_102014") AS "lines" ORDER BY 3 desc nulls last, 1 LIMIT least(pg_catalog.abs(3::int8::numeric + $1::int8), 9223372036854775807)::int8
              worker 2: SELECT sku AS pgmesh_1, amount * 2 AS pgmesh_2, amount AS pgmesh_3 FROM (SELECT "sku", "amount" FROM "public"."lines_102013" UNION ALL SELECT "sku", "amount" FROM "public"."lines_102015") AS "lines" ORDER BY 3 desc nulls last, 1 LIMIT least(pg_catalog.abs(3::int8::numeric + $1::int8), 9223372036854775807)::int8
              shape: SELECT sku AS pgmesh_1, amount * 2 AS pgmesh_2, amount AS pgmesh_3 FROM lines
              finish: SELECT pgmesh_1 AS "sku", pgmesh_2 AS "twice" FROM pgmesh_partial ORDER BY pgmesh_3 desc nulls last, pgmesh_1 limit 3 offset $1
            """);
    assertThat(text("select * from visits order by page, company_id"))
        .contains("FROM \"public\".\"visits_102020\"")
        .contains(
            "SELECT \"visits\".\"company_id\" AS pgmesh_1, \"visits\".\"page\" AS pgmesh_2 FROM visits\n")
        .endsWith("ORDER BY pgmesh_2, pgmesh_1\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          select id from orders order by id offset 2 | SELECT id AS pgmesh_1 FROM orders | SELECT pgmesh_1 AS "id" FROM pgmesh_partial ORDER BY pgmesh_1 offset 2
          select distinct state from orders order by 1 | SELECT DISTINCT state AS pgmesh_1 FROM orders | SELECT DISTINCT pgmesh_1 AS "state" FROM pgmesh_partial ORDER BY pgmesh_1
          select distinct on (state) state, id from orders order by state, total desc | SELECT state AS pgmesh_1, id AS pgmesh_2, total AS pgmesh_3 FROM orders | SELECT DISTINCT ON (pgmesh_1) pgmesh_1 AS "state", pgmesh_2 AS "id" FROM pgmesh_partial ORDER BY pgmesh_1, pgmesh_3 desc
          select company_id, count(*) from orders group by 1 order by 2 desc | SELECT company_id AS pgmesh_1, count(*) AS pgmesh_2 FROM orders GROUP BY 1 | SELECT pgmesh_1 AS "company_id", pgmesh_2 AS "count" FROM pgmesh_partial ORDER BY pgmesh_2 desc
          select count(*), sum(total), avg(id) from orders where total > 1 | SELECT count(*) AS pgmesh_part_1, sum(total) AS pgmesh_part_2, sum(id) AS pgmesh_part_3, count(id) AS pgmesh_part_4 FROM orders | SELECT coalesce(pg_catalog.sum(pgmesh_part_1), 0)::pg_catalog.int8 AS "count", pgmesh.sum_of(pgmesh_part_2) AS "sum", pgmesh.average(pgmesh.sum_of(pgmesh_part_3), pg_catalog.sum(pgmesh_part_4)::pg_catalog.int8) AS "avg" FROM pgmesh_partial
          select upper(state) u, 100 * sum(total) / count(*) from orders group by u having count(*) > 5 order by u limit 2 | SELECT upper(state) AS pgmesh_group_1, sum(total) AS pgmesh_part_1, count(*) AS pgmesh_part_2 FROM orders GROUP BY 1 | SELECT pgmesh_group_1 AS "u", 100 * pgmesh.sum_of(pgmesh_part_1) / coalesce(pg_catalog.sum(pgmesh_part_2), 0)::pg_catalog.int8 FROM pgmesh_partial GROUP BY pgmesh_group_1 HAVING coalesce(pg_catalog.sum(pgmesh_part_2), 0)::pg_catalog.int8 > 5 ORDER BY 1 limit 2
          select o.state, count(distinct sku), max(sku) from orders o join lines l on o.company_id = l.company_id group by state | SELECT state AS pgmesh_group_1, sku AS pgmesh_group_2, max(sku) AS pgmesh_part_1 FROM orders o join lines l on o.company_id = l.company_id GROUP BY 1, 2 | SELECT pgmesh_group_1 AS "state", pg_catalog.count(DISTINCT pgmesh_group_2) AS "count", pg_catalog.max(pgmesh_part_1) AS "max" FROM pgmesh_partial GROUP BY pgmesh_group_1
          select count(*) filter (where total > 1) as n from orders | SELECT count(*) filter (where total > 1) AS pgmesh_part_1 FROM orders | SELECT coalesce(pg_catalog.sum(pgmesh_part_1), 0)::pg_catalog.int8 AS "n" FROM pgmesh_partial
          """)
  void combined(String sql, String shape, String finish) {
    var plan = (Plan.Scatter) Planning.plan(sql);
    var combine = (Gather.Combine) plan.gather();
    assertThat(combine.shape().text()).isEqualTo(shape);
    assertThat(combine.finish().text()).isEqualTo(finish);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select company_id, string_agg(state, ',') from orders group by company_id",
        "select distinct company_id, state from orders",
        "select company_id, row_number() over (partition by company_id order by id) from orders",
        "select rank() over w from orders window w as (partition by state, company_id order by id)",
        "select c.name, o.id from orders o left join country c on c.id = o.country_id",
        "select * from orders o full join lines l on o.company_id = l.company_id",
        "select * from orders where country_id in (select id from country)",
        "select random() from orders",
        "select id from orders for update",
      })
  void rows_as_they_come(String sql) {
    assertThat(PlanText.of(Planning.plan(sql))).startsWith("Scatter [concat]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select string_agg(state, ',') from orders",
        "select array_agg(id order by id) from orders group by state",
        "select row_number() over (order by id) from orders",
        "select sum(count(*)) over () from orders group by state",
        "select total, count(*) from orders group by id",
        "select random() from orders order by 1",
        "select my_schema.total(id) from orders",
        "select unknown_extension_function(id) from orders",
        "select percentile_cont(0.5) within group (order by total) from orders",
        "select state, count(*) from orders group by rollup (state)",
        "select o from orders o",
        "select (id, state) from orders order by 1",
        "select array_agg((id, state)) from orders group by company_id order by 1",
        "select * from orders where country_id in (select id from country limit 1)",
        "select * from orders, random() r",
        "select company_id::text from orders order by company_id",
        "select count(*) from orders o left join visits v on v.company_id = o.company_id",
      })
  void not_combined(String sql) {
    assertThat(Planning.plan(sql)).as(text(sql)).isInstanceOf(Plan.Coordinator.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          select id from orders order by id limit 2 for update | SELECT id AS pgmesh_1 FROM "public"."orders_102008" AS "orders" ORDER BY 1 LIMIT 2 for update | SELECT pgmesh_1 AS "id" FROM pgmesh_partial ORDER BY pgmesh_1 limit 2
          select id from orders for share skip locked limit 1 | SELECT id AS pgmesh_1 FROM "public"."orders_102008" AS "orders" LIMIT 1 for share skip locked | SELECT pgmesh_1 AS "id" FROM pgmesh_partial limit 1
          select id from orders for update offset 1 | SELECT id AS pgmesh_1 FROM "public"."orders_102008" AS "orders" for update | SELECT pgmesh_1 AS "id" FROM pgmesh_partial offset 1
          """)
  void each_shard_locks_what_it_gives(String sql, String task, String finish) {
    var plan = (Plan.Scatter) Planning.plan(sql);
    assertThat(plan.tasks()).hasSize(4);
    assertThat(plan.tasks().getFirst().sql().text()).isEqualTo(task);
    assertThat(((Gather.Combine) plan.gather()).finish().text()).isEqualTo(finish);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          select sum(total) from orders | SELECT "total" FROM
          select count(*) from orders | SELECT  FROM
          select state, count(*) * 2 from orders o where o.id > 1 group by 1 | SELECT "id", "state" FROM
          """)
  void shards_read_as_one_give_the_columns_that_are_used(String sql, String shard) {
    assertThat(text(sql)).contains("FROM (" + shard + " \"public\".\"orders_102008\" UNION ALL ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select count(*) from only orders",
        "select count(xmin) from orders",
        "select count(*) from orders tablesample system (5)",
        "select company_id, count(*) from orders group by 1 order by 2",
        "select sum(l.amount) from orders o join lines l on o.company_id = l.company_id",
      })
  void what_only_tables_give_is_asked_of_each_shard(String sql) {
    assertThat(text(sql)).contains("UNION ALL (SELECT ").doesNotContain("FROM (SELECT");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          select tableoid::regclass from orders | select (CASE WHEN tableoid IS NOT NULL THEN 100::pg_catalog.oid END)::regclass AS tableoid from orders
          select k.tableoid::int8 + 1, id as tableoid from orders k order by tableoid | select (CASE WHEN k.tableoid IS NOT NULL THEN 100::pg_catalog.oid END)::int8 + 1, id as tableoid from orders k order by tableoid
          select string_agg(state, ',') from orders o tablesample system ($1) | select string_agg(state, ',') from (orders o JOIN (SELECT) AS pgmesh_sampled_1 ON pgmesh.is_sampled(($1)::pg_catalog.float4))
          select string_agg(state, ',') from only orders tablesample bernoulli (5) repeatable (2) | select string_agg(state, ',') from (orders JOIN (SELECT) AS pgmesh_sampled_1 ON pgmesh.is_sampled((5)::pg_catalog.float4, (2)::pg_catalog.float8, (\"orders\".*)::pg_catalog.text))
          """)
  void shells_are_read_as_the_tables_they_stand_for(String sql, String expected) {
    var plan = (Plan.Coordinator) Planning.plan(sql);
    assertThat(plan.sql().text().strip()).isEqualTo(expected);
  }

  @Test
  void the_shell_of_a_distributed_table_is_never_read_alone() {
    assertThat(text("select string_agg(state, ',') from only orders"))
        .endsWith("select string_agg(state, ',') from orders\n");
  }

  @Test
  void explain_tells_tier_and_tasks() {
    assertThat(text("explain (costs off) select id from orders where company_id = 5"))
        .isEqualTo(
            """
            Explain
              pgmesh  (tier: one shard, tasks: 1)
                Task: 1 shard (102008) on one:5432
                Plan on one:5432:
              worker 1: EXPLAIN (costs off) select id from "public"."orders_102008" AS "orders" where company_id = 5
            """);
    assertThat(text("explain select string_agg(state, ',') from orders"))
        .isEqualTo(
            """
            Explain
              pgmesh  (tier: coordinator, tasks: 1)
                Reason: string_agg() over several shards is not combined
                Plan on the coordinator database:
              coordinator: EXPLAIN select string_agg(state, ',') from orders
            """);
    assertThat(text("explain select 1")).startsWith("Coordinator");
  }
}
