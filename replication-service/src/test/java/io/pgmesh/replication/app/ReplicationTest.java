package io.pgmesh.replication.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@ReferenceWait(seconds = 40)
class ReplicationTest extends OnMesh {
  private static void assertReplicated(String table) throws Exception {
    var primary = mesh.value(Mesh.contents(table));
    assertThat(mesh.value(1, Mesh.contents(table))).isEqualTo(primary);
    assertThat(mesh.value(2, Mesh.contents(table))).isEqualTo(primary);
  }

  @Test
  void a_commit_that_waited_is_on_every_worker() throws Exception {
    mesh.referenceTable("plain", "id int PRIMARY KEY, name text");
    assertThat(
            mesh.value(
                "SELECT string_agg(state, ',') FROM pgmesh_replicas r WHERE r.table = 'plain'::regclass"))
        .isEqualTo("live,live");
    for (int i = 0; i < 20; i++) {
      mesh.write("INSERT INTO plain VALUES (" + i + ", 'name " + i + "')");
      assertReplicated("plain");
    }
    mesh.write(
        "UPDATE plain SET name = name || '!' WHERE id < 10", "DELETE FROM plain WHERE id = 3");
    assertReplicated("plain");
    mesh.write("UPDATE plain SET id = id + 1000");
    assertReplicated("plain");
    mesh.write("TRUNCATE plain", "INSERT INTO plain VALUES (1, 'again')");
    assertReplicated("plain");
    mesh.await("");
    assertThat(
            mesh.value(
                "SELECT sum(lag_rows) FROM pgmesh_replicas r WHERE r.table = 'plain'::regclass"))
        .isEqualTo("0");
  }

  @Test
  void every_type_arrives_exactly_whatever_the_session_settings() throws Exception {
    var types =
        """
        CREATE TYPE mood AS ENUM ('sad', 'it''s "ok"', 'happy, really');
        CREATE TYPE pair AS (x int, y text);
        CREATE DOMAIN positive AS int CHECK (value > 0);
        CREATE EXTENSION hstore""";
    mesh.coordinator(types);
    mesh.worker(1, types);
    mesh.worker(2, types);
    mesh.referenceTable(
        "everything",
        """
        id bigint PRIMARY KEY, b bool, s smallint, i int, o oid, f4 real, f8 float8, n numeric,
        n2 numeric(20,5), m money, t text, v varchar(20), c char(8), q "char", nm name, by bytea,
        d date, ti time, tz timetz, ts timestamp, tsz timestamptz, iv interval, u uuid, j json,
        jb jsonb, jp jsonpath, x xml, inet inet, cidr cidr, mac macaddr, bi bit(5), vb varbit,
        p point, l line, ls lseg, bx box, pa path, pg polygon, ci circle, r int4range,
        nr numrange, tr tstzrange, mr int4multirange, ta text[], ia int[], pa2 pair[], pr pair,
        md mood, ps positive, tv tsvector, tq tsquery, lsn pg_lsn, rc regclass, h hstore,
        g int GENERATED ALWAYS AS (s * 2) STORED, serial int GENERATED ALWAYS AS IDENTITY""");
    mesh.write(
        "SET LOCAL datestyle = 'ISO, DMY'",
        "SET LOCAL intervalstyle = 'iso_8601'",
        "SET LOCAL timezone = 'Asia/Kolkata'",
        "SET LOCAL extra_float_digits = -5",
        "SET LOCAL bytea_output = 'escape'",
        """
        INSERT INTO everything VALUES (
          1, true, -1234, 2147483647, 4294967295, 0.1::real / 3, 0.1::float8 + 0.2, 'NaN',
          12345.6789, 1234.5, E'a"b\\\\c,(d)\\n\\te''f{}', '', 'pad', 'z', 'nm', '\\x00ff5c22',
          '0044-03-15 BC', '23:59:59.999999', '12:00+05:30', 'infinity', '2024-02-29 12:34:56.789+02',
          '-1 year 2 mons -3 days 04:05:06.7', '00000000-0000-0000-0000-0000000000ff',
          '{"a" :  1, "a": [null, "\\u00e9"]}', '{"k": 1e400}', '$.a[*] ? (@ > 1)', '<a b="c">d</a>',
          '::1', '10.0.0.0/8', '08:00:2b:01:02:03', B'10101', B'', '(1.5,-2)', '{1,2,3}',
          '[(0,0),(1,1)]', '((1,1),(0,0))', '[(0,0),(1,1)]', '((0,0),(1,1),(1,0))', '<(0,0),1e-10>',
          '[1,5)', '(,1.5]', '[2024-01-01,)', '{[1,3),[5,9)}', '[5:6]={"a,b",NULL}', '{{1,2},{3,4}}',
          ARRAY[ROW(1, 'x,"y')]::pair[], ROW(NULL, ''), 'it''s "ok"', 7, 'fat:2 cat:1A', 'a & !b',
          '16/B374D848', 'pg_class', 'a=>"b,c", d=>NULL')""",
        "INSERT INTO everything (id) VALUES (2)",
        "INSERT INTO everything (id, f4, f8, n, t) VALUES (3, '-0', '-Infinity', 1e-300, 'ελ 😀')");
    assertReplicated("everything");
    mesh.write(
        "SET LOCAL timezone = 'America/New_York'", "UPDATE everything SET id = id + 10, j = '[1]'");
    assertReplicated("everything");
    mesh.write("DELETE FROM everything WHERE id = 11");
    assertReplicated("everything");
  }

  @Test
  void a_table_without_a_key_changes_one_of_its_equal_rows() throws Exception {
    mesh.referenceTable("keyless", "a int, f float8, j json, \"odd \"\"name\" text");
    mesh.write(
        "INSERT INTO keyless SELECT i % 3, i / 7.0, '{\"a\": 1}', NULL FROM generate_series(1, 30) i",
        "INSERT INTO keyless SELECT 1, 0.1, '[]', 'x' FROM generate_series(1, 5)");
    mesh.write(
        "DELETE FROM keyless WHERE ctid = (SELECT max(ctid) FROM keyless WHERE f = 0.1)",
        "UPDATE keyless SET j = '{}' WHERE ctid = (SELECT max(ctid) FROM keyless WHERE f = 0.1)");
    assertReplicated("keyless");
  }

  @Test
  void foreign_keys_cascades_and_deferred_checks_replay() throws Exception {
    mesh.referenceTable("parents", "id int PRIMARY KEY");
    mesh.referenceTable(
        "children",
        """
        id int PRIMARY KEY,
        parent int REFERENCES parents ON DELETE CASCADE ON UPDATE CASCADE,
        sibling int REFERENCES children DEFERRABLE INITIALLY IMMEDIATE,
        place int UNIQUE DEFERRABLE""");
    mesh.write(
        "INSERT INTO parents VALUES (1), (2), (3)",
        "INSERT INTO children VALUES (11, 1, 12, 1), (12, 1, 11, 2), (21, 2, NULL, 3)");
    assertReplicated("children");
    mesh.write("UPDATE parents SET id = id + 100", "UPDATE children SET place = place + 1");
    assertReplicated("parents");
    assertReplicated("children");
    mesh.write("DELETE FROM parents WHERE id = 101");
    assertReplicated("children");
    mesh.write("TRUNCATE parents CASCADE", "INSERT INTO parents VALUES (9)");
    assertReplicated("parents");
    assertReplicated("children");
  }

  @Test
  void users_do_not_see_the_triggers_and_an_untracked_table_has_none() throws Exception {
    mesh.referenceTable("watched", "id int PRIMARY KEY");
    var triggers =
        "SELECT count(*) || '/' || count(*) FILTER (WHERE NOT tgisinternal) FROM pg_trigger WHERE tgrelid = 'watched'::regclass";
    assertThat(mesh.value(triggers)).isEqualTo("3/0");
    mesh.coordinator(
        "ALTER TABLE watched DISABLE TRIGGER USER",
        "SELECT pgmesh.track_changes('watched')"); // may be called again
    mesh.write("INSERT INTO watched VALUES (1)");
    assertReplicated("watched");
    mesh.coordinator(
        "SELECT pgmesh.untrack_changes('watched')",
        "SELECT pgmesh.unregister_replicas('watched')",
        "INSERT INTO watched VALUES (2)");
    assertThat(mesh.value(triggers)).isEqualTo("0/0");
    assertThat(mesh.value(1, "SELECT count(*) FROM watched")).isEqualTo("1");
  }

  @Test
  void what_is_rolled_back_is_not_replicated() throws Exception {
    mesh.referenceTable("undone", "id int PRIMARY KEY");
    mesh.write(
        "SAVEPOINT s",
        "INSERT INTO undone VALUES (1)",
        "ROLLBACK TO s",
        "INSERT INTO undone VALUES (2)",
        "SAVEPOINT t",
        "UPDATE undone SET id = 3",
        "ROLLBACK TO t");
    assertReplicated("undone");
    assertThat(mesh.value(1, "SELECT id FROM undone")).isEqualTo("2");
  }

  @Test
  void ten_thousand_rows_and_a_row_larger_than_a_record_arrive_whole() throws Exception {
    mesh.referenceTable("large", "id int PRIMARY KEY, t text");
    mesh.write("INSERT INTO large SELECT i, repeat('x', i % 100) FROM generate_series(1, 10000) i");
    assertReplicated("large");
    mesh.write("INSERT INTO large VALUES (0, repeat('0123456789é', 100000))");
    mesh.write("UPDATE large SET t = t || '.' WHERE id > 0");
    assertReplicated("large");
  }

  @Test
  void concurrent_writers_are_applied_in_the_order_of_their_commits() throws Exception {
    mesh.referenceTable("counters", "id int PRIMARY KEY, n int");
    mesh.referenceTable("history", "id int, n int");
    mesh.write("INSERT INTO counters SELECT i, 0 FROM generate_series(0, 4) i");
    var writers =
        IntStream.range(0, 6)
            .mapToObj(w -> CompletableFuture.runAsync(() -> increment(w)))
            .toList();
    writers.forEach(CompletableFuture::join);
    assertThat(mesh.value("SELECT sum(n) FROM counters")).isEqualTo("180");
    assertReplicated("counters");
    assertReplicated("history");
  }

  private static void increment(int writer) {
    try (var connection = Mesh.connect(mesh.coordinator)) {
      for (int i = 0; i < 30; i++) {
        int id = (writer + i) % 5;
        mesh.write(
            connection,
            "UPDATE counters SET n = n + 1 WHERE id = " + id,
            "INSERT INTO history SELECT id, n FROM counters WHERE id = " + id);
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_role_without_rights_on_the_log_writes_and_cannot_forge() throws Exception {
    mesh.referenceTable("shared", "id int PRIMARY KEY");
    mesh.coordinator("CREATE ROLE clerk LOGIN", "GRANT ALL ON shared TO clerk");
    mesh.write("SET LOCAL ROLE clerk", "INSERT INTO shared VALUES (1)");
    assertReplicated("shared");
    var forbidden = new ArrayList<String>();
    for (String sql :
        List.of(
            "DELETE FROM pgmesh.change_log",
            "SELECT pgmesh.fence_replicas(NULL, 'x')",
            "SELECT pgmesh.register_replica('shared', 7)")) {
      try {
        mesh.coordinator("SET ROLE clerk", sql);
      } catch (java.sql.SQLException refused) {
        forbidden.add(refused.getSQLState());
      }
    }
    assertThat(forbidden).containsExactly("42501", "42501", "42501");
    mesh.coordinator("SET ROLE clerk", "SELECT * FROM pgmesh_replicas");
  }

  @Test
  void columns_added_or_dropped_since_a_change_do_no_harm() throws Exception {
    mesh.referenceTable("reshaped", "a int PRIMARY KEY, b text, c text");
    // as a transaction that writes and then alters: the workers have the new shape first
    for (int group = 1; group <= 2; group++) {
      mesh.worker(group, "ALTER TABLE reshaped DROP b, ADD d int DEFAULT 7");
    }
    mesh.write(
        "INSERT INTO reshaped VALUES (1, 'b,\"', 'c,\"')",
        "ALTER TABLE reshaped DROP b, ADD d int DEFAULT 7",
        "INSERT INTO reshaped VALUES (2, 'c', 8)");
    assertReplicated("reshaped");
  }

  @Test
  void the_log_is_trimmed_when_all_have_applied_it() throws Exception {
    mesh.referenceTable("trimmed", "id int");
    mesh.write("INSERT INTO trimmed VALUES (1)");
    mesh.eventually("SELECT count(*) FROM pgmesh.change_log", "0");
  }

  @Test
  void many_small_transactions_share_worker_commits() throws Exception {
    mesh.referenceTable("busy", "id int PRIMARY KEY");
    try (var connection = Mesh.connect(mesh.coordinator);
        var statement = connection.createStatement()) {
      for (int i = 0; i < 500; i++) {
        statement.execute("INSERT INTO busy VALUES (" + i + ")");
      }
    }
    mesh.await("");
    assertReplicated("busy");
    var ids = IntStream.range(0, 500).mapToObj(String::valueOf).collect(Collectors.joining(","));
    assertThat(mesh.value(1, "SELECT string_agg(id::text, ',' ORDER BY id) FROM busy"))
        .isEqualTo(ids);
  }

  @Test
  void foreign_keys_of_distributed_tables_are_enforced_on_the_shards() throws Exception {
    mesh.referenceTable("companies", "id int PRIMARY KEY, name text");
    mesh.worker(1, "CREATE TABLE ads_1 (id int, company int REFERENCES companies, name text)");
    mesh.coordinator(
        "CREATE EXTENSION postgres_fdw",
        "CREATE SCHEMA pgmesh_remote",
        "CREATE SERVER shard FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port '%d')"
            .formatted(mesh.workers.getFirst().port()),
        "CREATE USER MAPPING FOR PUBLIC SERVER shard OPTIONS (user 'postgres')",
        "CREATE TABLE ads (id int, company int REFERENCES companies, name text)",
        "CREATE FOREIGN TABLE pgmesh_remote.ads () INHERITS (ads) SERVER shard OPTIONS (schema_name 'public', table_name 'ads_1')");
    mesh.write("INSERT INTO companies VALUES (1, 'a'), (2, 'b'), (3, 'c')");
    mesh.worker(1, "INSERT INTO ads_1 VALUES (10, 1, 'x'), (20, 2, 'y')");
    assertThatThrownBy(() -> mesh.write("DELETE FROM companies WHERE id = 1"))
        .hasMessageContaining(
            "update or delete on table \"companies\" violates foreign key constraint \"ads_company_fkey\" on table \"ads\"")
        .hasMessageContaining("Key (id)=(1) is still referenced from table \"ads\".");
    mesh.write("DELETE FROM companies WHERE id = 3", "UPDATE companies SET name = upper(name)");
    mesh.coordinator(
        "ALTER TABLE ads DROP CONSTRAINT ads_company_fkey, ADD FOREIGN KEY (company) REFERENCES companies ON DELETE CASCADE");
    mesh.write("DELETE FROM companies WHERE id = 2");
    assertThat(mesh.value(1, "SELECT string_agg(id::text, ',') FROM ads_1")).isEqualTo("10");
    assertReplicated("companies");
  }
}
