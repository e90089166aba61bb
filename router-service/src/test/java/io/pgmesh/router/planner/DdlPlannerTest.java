package io.pgmesh.router.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.router.planner.StatementPlanner.SessionView;
import org.junit.jupiter.api.Test;

class DdlPlannerTest {

  private static String plan(String sql) {
    return SampleMesh.plan(sql, DdlPlanner::plan);
  }

  @Test
  void indexes_get_the_suffix_of_their_shard() {
    assertThat(plan("create unique index if not exists i on orders using btree (id, lower(item))"))
        .isEqualTo(
            """
            coordinator: create unique index if not exists i on orders using btree (id, lower(item))
            coordinator: SELECT pgmesh.check_constraints(16400::regclass)
            w1: create unique index if not exists "i_102008" on "public"."orders_102008" using btree (id, lower(item))
            w2: create unique index if not exists "i_102009" on "public"."orders_102009" using btree (id, lower(item))
            tag CREATE INDEX
            """);
    assertThat(plan("CREATE INDEX ON orders (item)"))
        .contains(
            "coordinator: CREATE INDEX \"orders_item_idx1\" ON orders (item)\n",
            "w1: CREATE INDEX \"orders_item_idx1_102008\" ON \"public\".\"orders_102008\" (item)");
    assertThat(plan("drop index orders_item_idx"))
        .isEqualTo(
            """
            coordinator: drop index orders_item_idx
            w1: DROP INDEX IF EXISTS "public"."orders_item_idx_102008"
            w2: DROP INDEX IF EXISTS "public"."orders_item_idx_102009"
            tag DROP INDEX
            """);
    assertThat(plan("alter index orders_item_idx rename to b"))
        .contains("w1: ALTER INDEX \"public\".\"orders_item_idx_102008\" rename to \"b_102008\"");
    assertThatThrownBy(() -> plan("create index concurrently on orders (item)"))
        .hasMessageContaining("CONCURRENTLY");
    assertThat(plan("create index concurrently on notes (a)"))
        .isEqualTo("coordinator NO_BLOCK schema: create index concurrently on notes (a)\n");
  }

  @Test
  void actions_of_alter_table_reach_the_shards() {
    assertThat(plan("ALTER TABLE orders ADD COLUMN note text DEFAULT 'a,b', DROP COLUMN item"))
        .isEqualTo(
            """
            coordinator: ALTER TABLE orders ADD COLUMN note text DEFAULT 'a,b', DROP COLUMN item
            coordinator: SELECT pgmesh.check_constraints(16400::regclass)
            w1: ALTER TABLE "public"."orders_102008" ADD COLUMN note text DEFAULT 'a,b', DROP COLUMN item
            w2: ALTER TABLE "public"."orders_102009" ADD COLUMN note text DEFAULT 'a,b', DROP COLUMN item
            tag ALTER TABLE
            """);
    assertThat(plan("alter table orders rename to purchases"))
        .isEqualTo(
            """
            coordinator: alter table orders rename to purchases
            w1: ALTER TABLE "public"."orders_102008" rename to "purchases_102008"
            w2: ALTER TABLE "public"."orders_102009" rename to "purchases_102009"
            tag ALTER TABLE
            """);
    assertThat(plan("alter table orders rename item to article"))
        .contains("w1: ALTER TABLE \"public\".\"orders_102008\" rename item to article");
    assertThat(plan("alter table orders alter item set default 'x', alter amount type numeric"))
        .contains("orders_102008\" alter item set default 'x', alter amount type numeric");
    assertThat(plan("alter table orders alter item set default nextval('s')::text"))
        .doesNotContain("w1: ");
  }

  @Test
  void a_conversion_is_done_without_the_shells_child() {
    assertThat(plan("alter table orders alter amount type bigint using orders.amount * 2"))
        .isEqualTo(
            """
            coordinator: SELECT pgmesh.drop_child(16400::regclass)
            coordinator: alter table orders alter amount type bigint using orders.amount * 2
            coordinator: SELECT pgmesh.create_child(16400::regclass)
            coordinator: SELECT pgmesh.check_constraints(16400::regclass)
            w1: ALTER TABLE "public"."orders_102008" alter amount type bigint using "public"."orders_102008".amount * 2
            w2: ALTER TABLE "public"."orders_102009" alter amount type bigint using "public"."orders_102009".amount * 2
            tag ALTER TABLE
            """);
    assertThat(plan("alter table countries alter column code set data type int using code::int"))
        .doesNotContain("child")
        .contains("w1: ALTER TABLE \"public\".\"countries\" alter column code set data type int");
    assertThatThrownBy(() -> plan("alter table orders alter item type int using nextval('s')"))
        .hasMessageContaining("differ from server to server");
    assertThatThrownBy(() -> plan("alter table countries alter code type date using now()::date"))
        .hasMessageContaining("differ from server to server");
  }

  @Test
  void constraints_are_named_alike_everywhere() {
    assertThat(plan("alter table orders add check (amount > 0)"))
        .contains(
            "coordinator: alter table orders add CONSTRAINT \"orders_amount_check\" check (amount",
            "orders_102008\" add CONSTRAINT \"orders_amount_check_102008\" check (amount > 0)");
    assertThat(plan("alter table orders add constraint u unique (id, item), drop constraint c"))
        .contains(
            "orders_102009\" add constraint \"u_102009\" unique (id, item), drop constraint"
                + " \"c_102009\"");
    assertThat(plan("alter table lines add foreign key (order_id) references orders (id)"))
        .contains(
            "add CONSTRAINT \"lines_order_id_fkey1\" foreign key (order_id) references orders (id)",
            "add CONSTRAINT \"lines_order_id_fkey1_102010\" foreign key (order_id) references"
                + " \"public\".\"orders_102008\" (id)");
    assertThat(plan("alter table orders add c text references countries check (c <> '')"))
        .contains(
            "add c text CONSTRAINT \"orders_c_fkey_102008\" references \"public\".\"countries\""
                + " CONSTRAINT \"orders_c_check_102008\" check (c <> '')");
    assertThatThrownBy(
            () -> plan("alter table orders add foreign key (id) references app.events (id)"))
        .hasMessageContaining("not colocated");
  }

  @Test
  void the_distribution_column_stays() {
    for (String action : new String[] {"drop column id", "alter id type text", "drop id"}) {
      assertThatThrownBy(() -> plan("alter table orders " + action))
          .as(action)
          .hasMessage("cannot execute ALTER TABLE command involving partition column");
    }
    for (String action :
        new String[] {
          "add x serial",
          "add x int generated always as identity",
          "add x int default nextval('s')",
          "inherit notes",
          "attach partition notes default",
          "enable row level security"
        }) {
      assertThatThrownBy(() -> plan("alter table orders " + action)).as(action).isNotNull();
    }
  }

  @Test
  void reference_tables_change_under_their_own_name() {
    assertThat(plan("alter table countries add column x int default 1"))
        .isEqualTo(
            """
            coordinator: alter table countries add column x int default 1
            w1: ALTER TABLE "public"."countries" add column x int default 1
            w2: ALTER TABLE "public"."countries" add column x int default 1
            references [16430]
            tag ALTER TABLE
            """);
    assertThatThrownBy(() -> plan("alter table countries add column x timestamp default now()"))
        .hasMessageContaining("computed default");
  }

  @Test
  void dropped_tables_leave_the_catalog_and_the_workers() {
    assertThat(plan("drop table if exists orders, notes, countries cascade"))
        .isEqualTo(
            """
            coordinator: SELECT pgmesh.before_drop(16400::oid, 16430::oid)
            coordinator: drop table if exists orders, notes, countries cascade
            w1: DROP TABLE IF EXISTS "public"."orders_102008", "public"."countries" CASCADE
            w2: DROP TABLE IF EXISTS "public"."orders_102009", "public"."countries" CASCADE
            references [16430]
            tag DROP TABLE
            """);
    assertThat(plan("drop table notes")).isEqualTo("coordinator BLOCK schema: drop table notes\n");
    assertThat(plan("drop schema app cascade"))
        .contains("before_drop(16420::oid)", "w1: DROP SCHEMA IF EXISTS \"app\" CASCADE");
  }

  @Test
  void truncate_empties_shards() {
    assertThat(plan("truncate table orders, only lines"))
        .isEqualTo(
            """
            w1: TRUNCATE TABLE "public"."orders_102008", "public"."lines_102010"
            w2: TRUNCATE TABLE "public"."orders_102009", "public"."lines_102011"
            """);
    assertThat(plan("truncate orders cascade"))
        .isEqualTo("coordinator BLOCK: truncate orders cascade\n");
    assertThat(
            SampleMesh.plan(
                "TRUNCATE pgmesh_shell.\"16400\" RESTART IDENTITY CASCADE",
                new SessionView(true, false, false, true),
                DdlPlanner::plan))
        .contains("w1: TRUNCATE TABLE \"public\".\"orders_102008\" CASCADE");
  }

  @Test
  void grants_reach_the_shards_and_global_objects_all_servers() {
    assertThat(plan("grant select (item), insert on table orders, notes to joe"))
        .contains("w1: grant select (item), insert on table \"public\".\"orders_102008\" to joe");
    assertThat(plan("grant select on notes to joe")).startsWith("coordinator BLOCK: ");
    assertThat(plan("create schema s")).contains("coordinator: create schema s\n", "w1: DO ");
    assertThat(plan("create role joe login password 'it''s'")).contains("w2: DO ");
    assertThat(plan("create view v as select * from orders"))
        .isEqualTo("coordinator BLOCK schema: create view v as select * from orders\n");
    assertThat(plan("create temp table t (a int)"))
        .isEqualTo("coordinator BLOCK session: create temp table t (a int)\n");
    assertThat(plan("create extension if not exists citus"))
        .isEqualTo("coordinator: SELECT 1\ntag CREATE EXTENSION\n");
  }

  @Test
  void local_tables_stay_apart_from_sharded_ones() {
    assertThatThrownBy(() -> plan("create table x (id bigint references orders)"))
        .hasMessageContaining("local tables to distributed tables");
    assertThatThrownBy(() -> plan("create table x partition of orders default")).isNotNull();
    assertThatThrownBy(() -> plan("create trigger t before insert on orders execute function f()"))
        .hasMessageContaining("trigger on a distributed table");
    assertThat(plan("create table x (id bigint references countries)")).startsWith("coordinator");
  }
}
