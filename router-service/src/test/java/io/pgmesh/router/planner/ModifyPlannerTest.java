package io.pgmesh.router.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.router.planner.StatementPlanner.SessionView;
import org.junit.jupiter.api.Test;

class ModifyPlannerTest {

  private static String plan(String sql, String... parameters) {
    return SampleMesh.plan(sql, ModifyPlanner::plan, parameters);
  }

  @Test
  void a_condition_on_the_key_leaves_one_shard() {
    assertThat(plan("UPDATE orders SET item = 'x' WHERE id = 1 AND amount BETWEEN 1 AND 2"))
        .isEqualTo(
            "w1: UPDATE \"public\".\"orders_102008\" AS \"orders\" SET item = 'x' WHERE id = 1"
                + " AND amount BETWEEN 1 AND 2\n");
    assertThat(plan("delete from public.orders o where $1 = o.id returning o.item", "-1"))
        .isEqualTo(
            "w2: delete from \"public\".\"orders_102009\" o where $1 = o.id returning o.item\n");
    assertThat(plan("delete from orders where (id = '-1'::bigint) and true")).startsWith("w2: ");
    assertThat(plan("delete from orders where id in (0, 1)"))
        .isEqualTo(
            "w1: delete from \"public\".\"orders_102008\" AS \"orders\" where id in (0, 1)\n");
    assertThat(plan("delete from orders where id = null")).startsWith("w1: ");
  }

  @Test
  void other_conditions_leave_all_shards() {
    for (String condition :
        new String[] {
          "id = 1 or amount = 1",
          "not id = 1",
          "amount between 1 and id = 1",
          "id > 1",
          "id = 1.5",
          "id in (1, amount)",
          "case when id = 1 and true then true else true end",
          "id = line"
        }) {
      assertThat(plan("delete from orders where " + condition)).as(condition).contains("w2: ");
    }
    assertThat(plan("update orders set amount = random(), item = DEFAULT"))
        .isEqualTo(
            """
            w1: update "public"."orders_102008" AS "orders" set amount = random(), item = DEFAULT
            w2: update "public"."orders_102009" AS "orders" set amount = random(), item = DEFAULT
            """);
  }

  @Test
  void colocated_tables_join_on_the_key() {
    assertThat(
            plan(
                "update orders o set item = c.name from lines, countries c where o.id ="
                    + " lines.order_id and c.code = o.item"))
        .isEqualTo(
            """
            w1: update "public"."orders_102008" o set item = c.name from "public"."lines_102010" AS "lines", countries c where o.id = lines.order_id and c.code = o.item
            w2: update "public"."orders_102009" o set item = c.name from "public"."lines_102011" AS "lines", countries c where o.id = lines.order_id and c.code = o.item
            """);
    assertThatThrownBy(
            () -> plan("delete from orders using lines where lines.line = orders.amount"))
        .hasMessageContaining("not on the distribution column");
    assertThatThrownBy(() -> plan("delete from orders using notes where notes.id = orders.id"))
        .hasMessageContaining("local table");
  }

  @Test
  void subqueries_may_read_reference_tables() {
    assertThat(plan("delete from orders where item in (select code from countries)"))
        .contains("w1: ", "w2: ");
    for (String condition :
        new String[] {
          "id in (select line from lines)",
          "id in (select order_id from lines limit 1)",
          "id not in (select order_id from lines)",
          "exists (select 1 from orders where id = orders.id)"
        }) {
      assertThatThrownBy(() -> plan("delete from orders where " + condition))
          .as(condition)
          .hasMessageContaining("subquery over distributed or local tables");
    }
    assertThatThrownBy(
            () -> plan("delete from orders where id in (select 1 union select id from notes)"))
        .hasMessageContaining("subquery over distributed or local tables");
    assertThatThrownBy(
            () ->
                plan(
                    "delete from orders where exists (select from countries c join lines l on"
                        + " true)"))
        .hasMessageContaining("subquery over distributed or local tables");
  }

  @Test
  void subqueries_may_read_rows_of_the_same_shard() {
    assertThat(plan("delete from orders where id in (select order_id from lines where line > 1)"))
        .contains(
            "where id in (select order_id from \"public\".\"lines_102010\" AS \"lines\" where"
                + " line > 1)");
    assertThat(
            plan(
                "update orders o set amount = (select count(*) from lines l where l.order_id ="
                    + " o.id) where not exists (select from lines where order_id = id)"))
        .contains(
            "w2: update \"public\".\"orders_102009\" o set amount = (select count(*) from"
                + " \"public\".\"lines_102011\" l where l.order_id = o.id) where not exists"
                + " (select from \"public\".\"lines_102011\" AS \"lines\" where order_id = id)");
  }

  @Test
  void the_distribution_column_is_not_changed() {
    assertThatThrownBy(() -> plan("update orders set id = 2 where id = 1"))
        .hasMessage("modifying the partition value of rows is not allowed");
    assertThatThrownBy(() -> plan("update orders set (item, id) = ('a', 2)"))
        .hasMessage("modifying the partition value of rows is not allowed");
    assertThat(plan("update orders set id = id, item = 'a'")).contains("w1: ", "w2: ");
  }

  @Test
  void a_users_function_runs_on_one_shard_only() {
    assertThat(plan("update orders set amount = my_function(1) where id = 1")).startsWith("w1");
    assertThatThrownBy(() -> plan("update orders set amount = my_function(1)"))
        .hasMessageContaining("user's function");
  }

  @Test
  void other_tables_are_the_coordinator_databases() {
    assertThat(plan("delete from countries"))
        .isEqualTo("coordinator BLOCK: delete from countries\n");
    assertThat(plan("update notes set a = (select count(*) from orders)"))
        .startsWith("coordinator BLOCK: ");
  }

  @Test
  void the_loopback_changes_by_condition_but_not_by_place() {
    SessionView loopback = new SessionView(true, false, false, true);
    assertThat(
            SampleMesh.plan(
                "UPDATE pgmesh_shell.\"16400\" SET item = 'a'::text WHERE ((id = 1))",
                loopback,
                ModifyPlanner::plan))
        .isEqualTo(
            "w1: UPDATE \"public\".\"orders_102008\" AS \"16400\" SET item = 'a'::text WHERE ((id"
                + " = 1))\n");
    assertThatThrownBy(
            () ->
                SampleMesh.plan(
                    "DELETE FROM pgmesh_shell.\"16400\" WHERE ctid = $1",
                    loopback,
                    ModifyPlanner::plan,
                    "(0,1)"))
        .hasMessageContaining("has to find");
  }
}
