package io.pgmesh.router.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.RowLocks;
import java.util.List;
import org.junit.jupiter.api.Test;
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
          select id into kept from only orders | select id into kept from orders
          select id into temp kept from orders o, only lines where o.id > 1 | select id into temp kept from orders o, lines where o.id > 1
          with o as (select * from only orders) select id into kept from o | with o as (select * from orders) select id into kept from o
          select id into kept from only local | select id into kept from only local
          create table kept as select id from only orders -- all | create table kept as select id from orders -- all
          create temp table kept as table only orders | create temp table kept as table orders
          create view v as select id from only orders | create view v as select id from orders
          create materialized view v as select id from only orders | create materialized view v as select id from orders
          insert into local select id from only orders | insert into local select id from orders
          delete from only local where id in (select id from only orders) | delete from only local where id in (select id from orders)
          insert into local select tableoid from only (orders) on conflict do nothing returning tableoid | insert into local select (CASE WHEN tableoid IS NOT NULL THEN 100::pg_catalog.oid END) AS tableoid from orders on conflict do nothing returning tableoid
          with w as (select o.tableoid as t from orders o) insert into local (a) select t from w returning a | with w as (select (CASE WHEN o.tableoid IS NOT NULL THEN 100::pg_catalog.oid END) as t from orders o) insert into local (a) select t from w returning a
          delete from local where a in (select id from orders tablesample system (5)) and tableoid > 0 | delete from local where a in (select id from (orders JOIN (SELECT) AS pgmesh_sampled_1 ON pgmesh.is_sampled((5)::pg_catalog.float4))) and tableoid > 0
          insert into country select id, state from orders where tableoid = 100 | insert into country select id, state from orders where (CASE WHEN tableoid IS NOT NULL THEN 100::pg_catalog.oid END) = 100
          select tableoid as owner, id into unlogged table public.kept from orders | select (CASE WHEN tableoid IS NOT NULL THEN 100::pg_catalog.oid END) as owner, id into unlogged table public.kept from orders
          with o as (select tableoid from orders) select * into kept from o | with o as (select (CASE WHEN tableoid IS NOT NULL THEN 100::pg_catalog.oid END) AS tableoid from orders) select * into kept from o
          select id into temp kept from orders o tablesample bernoulli (5) | select id into temp kept from (orders o JOIN (SELECT) AS pgmesh_sampled_1 ON pgmesh.is_sampled((5)::pg_catalog.float4))
          create or replace view v as select o.tableoid from only orders o with check option | create or replace view v as select (CASE WHEN o.tableoid IS NOT NULL THEN 100::pg_catalog.oid END) AS tableoid from orders o with check option
          create temp table v as (select o.tableoid as t from orders o tablesample system (1)) with no data | create temp table v as (select (CASE WHEN o.tableoid IS NOT NULL THEN 100::pg_catalog.oid END) as t from (orders o JOIN (SELECT) AS pgmesh_sampled_1 ON pgmesh.is_sampled((1)::pg_catalog.float4))) with no data
          create view v as select id from only (orders) | create view v as select id from orders
          do $$ begin perform 'only orders' from only orders, only (lines); end $$ | do $$ begin perform 'only orders' from orders, lines; end $$
          """)
  void shells_are_read_with_the_rows_of_their_shards(String sql, String expected) {
    assertThat(coordinator(sql).sql().text()).isEqualTo(expected);
  }

  /** Of SKIP LOCKED the mark is {@code <1>}, of NOWAIT {@code <2>}. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          select o.id from orders o join visits v on v.page = o.state for update skip locked | select o.id from orders o join visits v on v.page = o.state WHERE "o"<1> AND "v"<1> for update skip locked
          select id from orders, visits where page = state or id = 1 for update of orders nowait for share of visits | select id from orders, visits where (page = state or id = 1) AND orders<2> for update of orders nowait for share of visits
          select id from public.orders, visits where page = state for update of visits skip locked for share of orders nowait | select id from public.orders, visits where (page = state) AND public.orders<2> AND visits<1> for update of visits skip locked for share of orders nowait
          select id from orders, visits for update nowait for update skip locked limit 3 | select id from orders, visits WHERE orders<2> AND visits<2> for update nowait for update skip locked limit 3
          select id from (select id, page from orders join visits on true for update) s for update of s nowait | select id from (select id, page from orders join visits on true WHERE orders<2> AND visits<2> for update) s for update of s nowait
          with w as (select id from orders for update skip locked) select w.id from w, visits orders for update of orders | with w as (select id from orders WHERE orders<1> for update skip locked) select w.id from w, visits orders for update of orders
          with orders as (select 1 as id) select orders.id from orders, visits for update skip locked | with orders as (select 1 as id) select orders.id from orders, visits WHERE visits<1> for update skip locked
          select id into kept from orders for update nowait | select id into kept from orders WHERE orders<2> for update nowait
          select id into temp table kept from orders where id > 1 order by id limit 1 for update nowait | select id into temp table kept from orders where (id > 1) AND orders<2> order by id limit 1 for update nowait
          create table kept as select id from orders for update skip locked with no data | create table kept as select id from orders WHERE orders<1> for update skip locked with no data
          create table kept (a) with (fillfactor = 50) as select id from (select id from orders for update skip locked) s with data | create table kept (a) with (fillfactor = 50) as select id from (select id from orders WHERE orders<1> for update skip locked) s with data
          create view v as select id from orders o -- all | create view v as select id from orders o -- all
          create view v as select id from only orders for share nowait -- all | create view v as select id from orders WHERE orders<2> for share nowait -- all
          create temp view v as (select id from orders for share nowait) | create temp view v as (select id from orders WHERE orders<2> for share nowait)
          insert into local select id from orders where id in (select page from visits for update skip locked) | insert into local select id from orders where id in (select page from visits WHERE visits<1> for update skip locked)
          insert into local select id from orders for update skip locked returning a | insert into local select id from orders WHERE orders<1> for update skip locked returning a
          delete from local where a in (select id from orders order by id limit 2 for update skip locked) | delete from local where a in (select id from orders WHERE orders<1> order by id limit 2 for update skip locked)
          with w as (select id from orders for update nowait) delete from local using w where a = id | with w as (select id from orders WHERE orders<2> for update nowait) delete from local using w where a = id
          copy (select id from orders for update nowait) to stdout | copy (select id from orders WHERE orders<2> for update nowait) to stdout
          declare c cursor for select id from orders for update nowait | declare c cursor for select id from orders WHERE orders<2> for update nowait
          prepare p (int) as select id from orders where id > $1 for update nowait | prepare p (int) as select id from orders where (id > $1) AND orders<2> for update nowait
          select id from orders tablesample system (50), visits for update of orders skip locked | select id from (orders JOIN (SELECT) AS pgmesh_sampled_1 ON pgmesh.is_sampled((50)::pg_catalog.float4)), visits WHERE orders<1> for update of orders skip locked
          """)
  void tables_whose_locked_rows_are_not_waited_for_are_marked(String sql, String expected) {
    Plan.Coordinator plan = coordinator(sql);
    assertThat(plan.sql().text())
        .isEqualTo(
            expected.replaceAll(
                "<(.)>", ".ctid IS DISTINCT FROM '(4294967295,$1)'::pg_catalog.tid"));
    assertThat(plan.locks().passesBy()).isFalse();
  }

  @Test
  void locks_of_what_has_no_place_for_a_mark_are_the_statements() {
    String joined = "select a from (orders join visits on true) as j (a) for update nowait";
    assertThat(coordinator(joined).locks()).isEqualTo(RowLocks.NOWAIT);
    assertThat(coordinator("create table kept as " + joined).locks()).isEqualTo(RowLocks.NOWAIT);
    for (String kept : List.of("declare c cursor for ", "create view v as ")) {
      assertThatThrownBy(() -> Planning.plan(kept + joined))
          .isInstanceOf(SqlError.class)
          .hasMessageContaining("NOWAIT or SKIP LOCKED");
    }
    assertThat(coordinator("prepare p as " + joined).sql().text())
        .isEqualTo("prepare p as " + joined); // EXECUTE runs the query here
    assertThatThrownBy(() -> Planning.plan(joined + " for share of visits"))
        .isInstanceOf(SqlError.class)
        .hasMessageContaining("some wait");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          for update nowait                               | NOWAIT      | <2>
          for update of s nowait                          | NOWAIT      |
          for update of s nowait for share of o           | NOWAIT      | <3>
          for update of s nowait for share                | NOWAIT      | <3>
          for update of s skip locked for share of o nowait | SKIP_LOCKED | <2>
          for update of s for share of o skip locked      | WAIT        | <1>
          """)
  void views_are_locked_as_the_statement_says(String clauses, RowLocks locks, String mark) {
    Plan.Coordinator plan =
        coordinator("select id from orders o join seen s on s.page = o.state " + clauses);
    assertThat(plan.locks()).isEqualTo(locks);
    String where = mark == null ? "" : marked("WHERE \"o\"" + mark + " ");
    assertThat(plan.sql().text()).endsWith("on s.page = o.state " + where + clauses);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select id from orders, seen for update of seen nowait for share of orders skip locked",
        "select id from seen, seen_too for update of seen nowait for share of seen_too",
        "declare c cursor for select id from seen for update nowait",
        "do $$ begin perform id from seen for update nowait; end $$",
        "create function f() returns int language sql as 'select id from seen for update nowait'",
      })
  void locks_of_views_that_nothing_could_tell_are_refused(String sql) {
    assertThatThrownBy(() -> Planning.plan(sql))
        .isInstanceOf(SqlError.class)
        .hasMessageContaining("not supported");
  }

  @Test
  void the_definition_of_a_view_with_a_mark_makes_it_again() {
    String made = "create view v as select id from orders o ";
    String marked =
        made + "where (o.ctid is distinct from '(4294967295,1)'::tid) for update of o skip locked";
    assertThat(coordinator(marked).sql().text()).contains("AND \"o\".ctid");
    assertThatThrownBy(() -> Planning.plan(made + "where o.ctid is distinct from '(0,1)'::tid"))
        .isInstanceOf(SqlError.class)
        .hasMessageContaining("ctid");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select ctid as place into kept from orders",
        "update local set a = tableoid from orders",
        "delete from local using orders o where o.tableoid = a",
        "insert into local (select id from orders) order by tableoid",
        "with orders as (select 1 as tableoid) insert into local select tableoid from orders",
        "do $$ begin with orders as (select 1 as tableoid) insert into local select tableoid from orders; end $$",
        "create rule r as on insert to local do also select tableoid from orders",
        "do $$ declare n int = count(*) from orders tablesample system (1); begin end $$",
        "do $$ begin delete from orders where tableoid = 1; end $$",
        "do $$ begin update orders set id = 1 returning tableoid; end $$",
        "do $$ begin return query (select id from orders) order by tableoid; end $$",
        "do $$ begin return query (select id from orders) for update nowait; end $$",
        "do $$ begin perform ctid from orders; end $$",
        "do $$ begin execute 'select tableoid from orders'; end $$",
        "do $$ begin execute 'select id from only orders'; end $$",
        "do $$ begin create procedure p() language sql as 'select id from orders for update nowait'; end $$",
        "do language plpython3u $$ plpy.execute(\"select id from only orders\") $$",
        "do $$ begin execute 'select id from orders for update nowait'; end $$",
        "do language plpython3u $$ plpy.execute(\"select id from orders for update nowait\") $$",
        "create procedure p() language sql as $$ update orders set id = 1 where tableoid = 3 $$",
        "create function f() returns int begin atomic delete from orders where tableoid = 2; end",
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
        "do $$ declare tableoid oid = 1; begin raise notice '%', tableoid; end $$",
        "do $$ begin perform id from local for update nowait; perform id from orders; end $$",
        "do $$ declare r record; begin for r in select id from orders loop r.tableoid = 3; end loop; end $$",
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

  /** {@code pgmesh.tableoid} is {@code <oid>}, the marks are {@code <1>} and {@code <2>}. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          do $$ begin perform tableoid from "orders"; end $$ | do $$ begin perform <oid>(tableoid) from "orders"; end $$
          do $$ begin perform id from public.orders tablesample system (1); end $$ | do $$ begin perform id from (public.orders JOIN (SELECT) AS pgmesh_sampled_1 ON pgmesh.is_sampled((1)::pg_catalog.float4)); end $$
          do $$ declare x oid; begin select o.tableoid into strict x, y from only (orders) o where o.tableoid > x; end $$ | do $$ declare x oid; begin select <oid>(o.tableoid) into strict x, y from orders o where <oid>(o.tableoid) > x; end $$
          do $$ begin select into x tableoid from orders; end $$ | do $$ begin select into x <oid>(tableoid) from orders; end $$
          do $$ begin for r in select tableoid, id from orders loop raise notice '%', r.tableoid; end loop; end $$ | do $$ begin for r in select <oid>(tableoid), id from orders loop raise notice '%', r.tableoid; end loop; end $$
          do $$ begin if exists (select 1 from orders where tableoid = 3) then x := (select max(tableoid) from local); end if; end $$ | do $$ begin if exists (select 1 from orders where <oid>(tableoid) = 3) then x := (select max(tableoid) from local); end if; end $$
          do 'begin perform id from orders for update nowait; end' | do 'begin perform id from orders WHERE orders<2q> for update nowait; end'
          do 'begin perform id, ''a'' from orders for update nowait; end' | do 'begin perform id, ''a'' from orders WHERE orders<2q> for update nowait; end'
          do $$ begin select id into x from orders o where id = 1 or id = 2 for update skip locked limit 1; end $$ | do $$ begin select id into x from orders o where (id = 1 or id = 2) AND "o"<1> for update skip locked limit 1; end $$
          do $$ begin delete from local where a in (select id from orders for update skip locked); end $$ | do $$ begin delete from local where a in (select id from orders WHERE orders<1> for update skip locked); end $$
          do $$ begin with l as (select id from orders for update skip locked) update local set a = 1 from l; end $$ | do $$ begin with l as (select id from orders WHERE orders<1> for update skip locked) update local set a = 1 from l; end $$
          do $$ begin insert into local select tableoid from orders on conflict (a) do nothing; end $$ | do $$ begin insert into local select <oid>(tableoid) from orders on conflict (a) do nothing; end $$
          do $$ declare c cursor for with o as (select tableoid from orders) select tableoid from o; begin open c; end $$ | do $$ declare c cursor for with o as (select <oid>(tableoid) from orders) select tableoid from o; begin open c; end $$
          """)
  void queries_in_blocks_answer_for_shards(String sql, String expected) {
    assertThat(coordinator(sql).sql().text()).isEqualTo(marked(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          language sql as $$ select tableoid from orders; select id from orders for update nowait $$ | language sql as $$ select <oid>(tableoid) from orders; select id from orders WHERE orders<2> for update nowait $$
          language plpgsql as $f$ begin return (select tableoid from orders limit 1); end $f$ | language plpgsql as $f$ begin return (select <oid>(tableoid) from orders limit 1); end $f$
          begin atomic select tableoid from only orders; select id from orders for update nowait; end | begin atomic select <oid>(tableoid) from orders; select id from orders WHERE orders<2> for update nowait; end
          return (select count(*) from orders tablesample system (1)) | return (select count(*) from (orders JOIN (SELECT) AS pgmesh_sampled_1 ON pgmesh.is_sampled((1)::pg_catalog.float4)))
          """)
  void queries_in_functions_answer_for_shards(String body, String expected) {
    String head = "create function f() returns bigint ";
    var plan = (Plan.Ddl) Planning.plan(head + body);
    assertThat(plan.coordinator().getFirst().text()).isEqualTo(head + marked(expected));
  }

  private static String marked(String text) {
    return text.replace("<oid>", "pgmesh.tableoid")
        .replaceAll("<(.)>", ".ctid IS DISTINCT FROM '(4294967295,$1)'::pg_catalog.tid")
        .replaceAll("<(.)q>", ".ctid IS DISTINCT FROM ''(4294967295,$1)''::pg_catalog.tid");
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
