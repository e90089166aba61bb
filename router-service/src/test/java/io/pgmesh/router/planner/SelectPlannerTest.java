package io.pgmesh.router.planner;

import static io.pgmesh.router.planner.Planning.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.PlanText;
import io.pgmesh.router.planner.StatementPlanner.SessionView;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
}
