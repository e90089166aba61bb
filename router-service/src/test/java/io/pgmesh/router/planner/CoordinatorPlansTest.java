package io.pgmesh.router.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.Plan;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Statements that run whole in the coordinator database, over shells of distributed tables. */
class CoordinatorPlansTest {
  private static final String JOIN = "select o.id from orders o join visits v on v.page = o.state ";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "for update",
        "for update nowait",
        "for update of o",
        "for update of o skip locked",
        "for no key update",
        "for no key update of o nowait",
        "for share",
        "for key share",
        "for update limit 1",
      })
  void locks_are_no_changes(String clause) {
    assertThat(coordinator(JOIN + clause).use()).isEqualTo(Plan.Use.READ);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "with u as (update local set a = 1 returning a) select count(*) from u join orders on id = a"
            + " join visits on page = state",
        "with u as (update local set a = 1 returning a) select a from u join orders on id = a join"
            + " visits on page = state for update of orders",
      })
  void changes_are(String sql) {
    assertThat(coordinator(sql).use()).isEqualTo(Plan.Use.BLOCK);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          select id into kept from only orders | select id into kept from  orders
          select id into temp kept from orders o, only lines where o.id > 1 | select id into temp kept from orders o,  lines where o.id > 1
          with o as (select * from only orders) select id into kept from o | with o as (select * from  orders) select id into kept from o
          select id into kept from only local | select id into kept from only local
          create table kept as select id from only orders -- all | create table kept as select id from  orders -- all
          create temp table kept as table only orders | create temp table kept as table  orders
          create view v as select id from only orders | create view v as select id from  orders
          create materialized view v as select id from only orders | create materialized view v as select id from  orders
          insert into local select id from only orders | insert into local select id from  orders
          delete from only local where id in (select id from only orders) | delete from only local where id in (select id from  orders)
          select tableoid as owner, id into unlogged table public.kept from orders | select (CASE WHEN tableoid IS NOT NULL THEN 100::pg_catalog.oid END) as owner, id into unlogged table public.kept from orders
          with o as (select tableoid from orders) select * into kept from o | with o as (select (CASE WHEN tableoid IS NOT NULL THEN 100::pg_catalog.oid END) AS tableoid from orders) select * into kept from o
          select id into temp kept from orders o tablesample bernoulli (5) | select id into temp kept from (orders o JOIN (SELECT) AS pgmesh_sampled_1 ON pgmesh.is_sampled((5)::pg_catalog.float4))
          create or replace view v as select o.tableoid from only orders o with check option | create or replace view v as select (CASE WHEN o.tableoid IS NOT NULL THEN 100::pg_catalog.oid END) AS tableoid from  orders o with check option
          create temp table v as (select o.tableoid as t from orders o tablesample system (1)) with no data | create temp table v as (select (CASE WHEN o.tableoid IS NOT NULL THEN 100::pg_catalog.oid END) as t from (orders o JOIN (SELECT) AS pgmesh_sampled_1 ON pgmesh.is_sampled((1)::pg_catalog.float4))) with no data
          create view v as select id from only (orders) | create view v as select id from orders
          do $$ begin perform 'only orders' from only orders, only (lines); end $$ | do $$ begin perform 'only orders' from orders, lines; end $$
          """)
  void shells_are_read_with_the_rows_of_their_shards(String sql, String expected) {
    assertThat(coordinator(sql).sql().text()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select ctid as place into kept from orders",
        "select id into kept from orders for update nowait",
        "create rule r as on insert to local do also select tableoid from orders",
        "create table kept as select id from orders for update skip locked",
        "do $$ begin perform tableoid from \"orders\"; end $$",
        "do $$ begin perform id from public.orders tablesample system (1); end $$",
        "do $$ begin execute 'select tableoid from orders'; end $$",
        "do $$ begin execute 'select id from only orders'; end $$",
        "do language plpython3u $$ plpy.execute(\"select id from only orders\") $$",
        "create procedure p() language sql as $$ select tableoid from orders $$",
      })
  void what_shells_cannot_tell_is_refused(String sql) {
    assertThatThrownBy(() -> Planning.plan(sql))
        .isInstanceOf(SqlError.class)
        .hasMessageContaining("distributed table");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "do $$ begin raise notice 'tableoid of orders'; end $$",
        "do $$ begin perform o.orders, tableoid from other.orders o; end $$",
        "do $$ begin perform id from orders; -- tablesample\n end $$",
      })
  void words_in_strings_and_comments_of_a_block_do_not_count(String sql) {
    assertThat(coordinator(sql).sql().text()).isEqualTo(sql);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "as $$ select id from only orders $$ | as $$ select id from orders $$",
        "as 'select id, ''a'' from only (orders)' | as 'select id, ''a'' from orders'",
        "begin atomic select id from only (orders); end | begin atomic select id from orders; end",
        "as $$ select id from only local $$ | as $$ select id from only local $$",
      })
  void functions_find_the_rows_of_only_a_table(String body, String expected) {
    String head = "create function f() returns bigint language sql ";
    var plan = (Plan.Ddl) Planning.plan(head + body);
    assertThat(plan.coordinator().getFirst().text()).isEqualTo(head + expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "select 1 as a into kept                        | false",
        "select 1 as a into temporary kept              | true",
        "with x as (select 1 as a) select * into kept from x      | false",
        "with x as (select 1 as a) select * into temp kept from x | true",
      })
  void select_into_makes_a_table(String sql, boolean temporary) {
    var plan = coordinator(sql);
    assertThat(plan.use()).isEqualTo(Plan.Use.BLOCK);
    assertThat(plan.effects()).isEqualTo(new Plan.Effects(true, temporary));
  }

  private static Plan.Coordinator coordinator(String sql) {
    return (Plan.Coordinator) Planning.plan(sql);
  }
}
