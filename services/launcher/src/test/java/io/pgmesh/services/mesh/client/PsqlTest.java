package io.pgmesh.services.mesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.mesh.WithMesh;
import io.pgmesh.services.mesh.wire.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(WithMesh.class)
@TestInstance(Lifecycle.PER_CLASS)
class PsqlTest {
  private Endpoint mesh;

  @BeforeAll
  void create_a_distributed_table(Endpoint endpoint) {
    Command.assumeInstalled("psql", "--version");
    mesh = endpoint;
    psql(
        """
        DROP TABLE IF EXISTS psql_orders;
        CREATE TABLE psql_orders (id bigint PRIMARY KEY, item text DEFAULT 'none', price numeric(8,2));
        CREATE INDEX psql_orders_item ON psql_orders (item);
        SELECT create_distributed_table('psql_orders', 'id');
        """);
  }

  @Test
  void a_table_is_described_as_in_postgresql() {
    assertThat(psql("\\d psql_orders"))
        .contains("Table \"public.psql_orders\"")
        .contains("id     | bigint")
        .contains("item   | text")
        .contains("numeric(8,2)")
        .contains("\"psql_orders_pkey\" PRIMARY KEY, btree (id)")
        .contains("\"psql_orders_item\" btree (item)");
  }

  @Test
  void tables_are_listed_without_shards() {
    assertThat(psql("\\dt")).contains("| psql_orders ").doesNotContainPattern("psql_orders_\\d");
    assertThat(psql("\\di psql*")).contains("psql_orders_pkey").contains("psql_orders_item");
    assertThat(psql("\\du")).contains("Superuser");
    assertThat(psql("\\dn")).contains("public");
    assertThat(psql("\\df psql_nothing*")).contains("List of functions");
  }

  @Test
  void rows_are_copied_in_and_out_of_files(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("in.csv"), "1,a,1.5\n2,\"b,c\",\n3,d,3\n");
    Path out = folder.resolve("out.csv");
    assertThat(
            psql(
                "TRUNCATE psql_orders;\n\\copy psql_orders FROM '%s' CSV\n\\copy (SELECT * FROM psql_orders ORDER BY id) TO '%s' CSV\n"
                    .formatted(file, out)))
        .contains("COPY 3");
    assertThat(out).hasContent("1,a,1.50\n2,\"b,c\",\n3,d,3.00\n");
  }

  @Test
  void several_statements_of_one_message_are_one_transaction() {
    psql("TRUNCATE psql_orders");
    var failed =
        command("-c", "INSERT INTO psql_orders VALUES (1); INSERT INTO psql_orders VALUES (2), (1)")
            .run();
    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(failed.output())
        .contains("duplicate key value violates unique constraint \"psql_orders_pkey\"");
    assertThat(psql("SELECT 'rows: ' || count(*) FROM psql_orders")).contains("rows: 0");
  }

  @Test
  void a_script_stops_at_its_first_error_with_the_place_of_it() {
    var failed =
        command("-v", "ON_ERROR_STOP=1")
            .input("SELECT 1;\nSELECT nothing FROM psql_orders;\n")
            .run();
    assertThat(failed.exitCode()).isEqualTo(3);
    assertThat(failed.output())
        .contains("column \"nothing\" does not exist")
        .contains("LINE 1: SELECT nothing FROM psql_orders;")
        .contains("               ^");
  }

  @Test
  void cursors_and_variables_work() {
    assertThat(
            psql(
                """
                TRUNCATE psql_orders;
                INSERT INTO psql_orders SELECT i, 'item ' || i, i FROM generate_series(1, 30) i;
                \\set FETCH_COUNT 7
                \\set least 25
                SELECT id, item FROM psql_orders WHERE id > :least ORDER BY id;
                SELECT count(*) AS n FROM psql_orders \\gset
                \\echo counted :n
                """))
        .contains("26 | item 26")
        .contains("(5 rows)")
        .contains("counted 30");
  }

  private String psql(String input) {
    return command("-v", "ON_ERROR_STOP=1").input(input).output();
  }

  private Command command(String... options) {
    var words = new java.util.ArrayList<String>();
    words.add("psql");
    words.add("-X");
    words.addAll(java.util.List.of(options));
    words.add(
        "postgresql://%s@%s:%d/%s"
            .formatted(mesh.user(), mesh.host(), mesh.port(), mesh.database()));
    return Command.of(words).environment("PAGER", "cat").environment("LC_ALL", "C");
  }
}
