package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.mesh.wire.Reply;
import io.pgmesh.services.mesh.wire.WireClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Binary values of rows in shards name types by the coordinator database's oids: they are, byte for
 * byte, those of a local table with the same rows.
 */
@ExtendWith(WithMesh.class)
class BinaryUserTypesTest {
  private static final List<String> SETUP =
      List.of(
          "create type bu_enum as enum ('a', 'b')",
          "create type bu_row as (e bu_enum, n int)",
          "create type bu_plain as (n int, t text)",
          "create domain bu_domain as bu_row[]",
          "create type bu_nest as (r bu_row, d bu_domain, p bu_plain)",
          "create type bu_range as range (subtype = bu_row, multirange_type_name = bu_ranges)",
          "create table bu_local (k int primary key, e bu_enum, ea bu_enum[], r bu_row,"
              + " ra bu_row[], d bu_domain, n bu_nest, p bu_plain, g bu_range, m bu_ranges,"
              + " t text)",
          "create table bu_spread (like bu_local including all)",
          "insert into bu_local select i, 'a', '{a,b}', row('b', i)::bu_row,"
              + " '{{\"(a,1)\",NULL},{\"(b,)\",\"(,2)\"}}', array[row('a', i)::bu_row],"
              + " row(row('a', 2)::bu_row, array[row('b', 3)::bu_row], row(7, 'x')::bu_plain)::bu_nest,"
              + " row(8, 'y')::bu_plain, bu_range(row('a', 1)::bu_row, row('b', 2)::bu_row),"
              + " bu_ranges(bu_range(null, row('a', 1)::bu_row),"
              + " bu_range(row('b', 1)::bu_row, null)), 't' from generate_series(1, 8) i",
          "insert into bu_local (k, ra, g) values (9, '{}', 'empty')");
  private static final String COLUMNS = "k, e, ea, r, ra, d, n, p, g, m, t";

  private WireClient mesh;

  @BeforeEach
  void make(MeshUnderTest servers) {
    mesh = WireClient.connect(servers.mesh(), Duration.ofSeconds(30));
    drop();
    SETUP.forEach(this::run);
    run("select create_distributed_table('bu_spread', 'k')");
    run("insert into bu_spread select * from bu_local");
  }

  @AfterEach
  void remove() {
    drop();
    mesh.close();
  }

  private void drop() {
    run("drop table if exists bu_local, bu_spread");
    run("drop type if exists bu_range, bu_nest cascade");
    run("drop domain if exists bu_domain");
    run("drop type if exists bu_row, bu_plain, bu_enum");
  }

  private void run(String sql) {
    assertThat(mesh.simple(sql).failure()).as(sql).isNull();
  }

  private List<List<String>> binary(String sql, int fetch) {
    Reply reply = mesh.extended(sql, List.of(List.of()), true, fetch, List.of());
    assertThat(reply.failure()).as(sql).isNull();
    var rows = new ArrayList<List<String>>();
    reply.results().stream()
        .filter(Reply.Rows.class::isInstance)
        .forEach(result -> rows.addAll(((Reply.Rows) result).values()));
    return rows;
  }

  private void alike(String sql) {
    assertThat(binary(sql.formatted("bu_spread"), 0))
        .as(sql)
        .isNotEmpty()
        .isEqualTo(binary(sql.formatted("bu_local"), 0));
  }

  @Test
  void rows_of_one_shard_and_of_all_have_the_oids_of_a_local_table() {
    alike("select " + COLUMNS + " from %s where k = 1");
    alike("select " + COLUMNS + " from %s where k = 9");
    alike("select " + COLUMNS + " from %s where k in (2, 3, 4, 5) order by k");
    alike("select array[e], array[r], ra[1:1], (n).d from %s where k = 3");
    alike("select row(e, 1), array[row(r, k)], row(k) from %s where k = 3");
    assertThat(binary("select ra, n, g, m from bu_spread", 0))
        .containsExactlyInAnyOrderElementsOf(binary("select ra, n, g, m from bu_local", 0));
  }

  @Test
  void rows_in_parts_and_returned_ones_too() {
    assertThat(binary("select ea, n from bu_spread where k = 1 or k = 2 or k = 3", 1))
        .isEqualTo(binary("select ea, n from bu_local where k < 4", 1));
    alike("update %s set t = 'u' where k = 4 returning ea, n, m");
    alike("insert into %s (k, ra) values (20, array[row('a', 5)]::bu_row[]) returning ra, ea");
    alike("insert into %s (k, ra) values (21, '{}'), (22, '{\"(b,1)\"}') returning ra, k");
    alike("delete from %s where k = 20 returning ra");
  }

  @Test
  void a_whole_row_has_the_oids_of_its_table() {
    var whole = binary("select bu_spread from bu_spread where k = 1", 0);
    assertThat(whole).isEqualTo(binary("select bu_local from bu_local where k = 1", 0));
  }

  @Test
  void binary_parameters_reach_shards() {
    String value = binary("select ra from bu_local where k = 1", 0).getFirst().getFirst();
    String nest = binary("select n from bu_local where k = 1", 0).getFirst().getFirst();
    byte[] rows = HexFormat.of().parseHex(value);
    byte[] nested = HexFormat.of().parseHex(nest);
    var selected =
        mesh.withBinary("select k from bu_spread where ra = $1 and k = 2", List.of(rows));
    assertThat(selected.failure()).isNull();
    assertThat(((Reply.Rows) selected.results().getFirst()).values()).containsExactly(List.of("2"));
    var inserted =
        mesh.withBinary(
            "insert into bu_spread (k, ra, n) values (30, $1, $2) returning ra::text, n::text",
            List.of(rows, nested));
    assertThat(inserted.failure()).isNull();
    var local = mesh.simple("select ra::text, n::text from bu_local where k = 1");
    assertThat(((Reply.Rows) inserted.results().getFirst()).values())
        .isEqualTo(((Reply.Rows) local.results().getFirst()).values());
    var updated =
        mesh.withBinary("update bu_spread set n = $1 where k < 3 returning k", List.of(nested));
    assertThat(((Reply.Rows) updated.results().getFirst()).values()).hasSize(2);
    var broken =
        mesh.withBinary("update bu_spread set n = $1 where k = 1", List.of(new byte[] {1, 2}));
    assertThat(broken.failure().fields()).containsEntry("C", "08P01");
  }
}
