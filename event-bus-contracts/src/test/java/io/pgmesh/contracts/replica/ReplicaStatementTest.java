package io.pgmesh.contracts.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.contracts.replica.ReplicaTable.Column;
import io.pgmesh.contracts.replica.ReplicaTable.Fill;
import io.pgmesh.contracts.replica.RowChange.Operation;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicaStatementTest {
  private static final ReplicaTable KEYED =
      new ReplicaTable(
          "s",
          "a \"b\"",
          List.of(
              new Column("id", Fill.IDENTITY, true),
              new Column("t", Fill.OPEN, false),
              new Column("g", Fill.EXPRESSION, false)));

  private static RowChange change(Operation operation, String... columns) {
    return new RowChange(1, "s", "a \"b\"", operation, List.of(columns), "(1,x,2)", "(3,y,4)");
  }

  @Test
  void fields_keep_their_quotes() {
    assertThat(RowImage.fields("(1,\"a,\"\"b\\\\\",,\"(\"\"x\"\")\")"))
        .containsExactly("1", "\"a,\"\"b\\\\\"", "", "\"(\"\"x\"\")\"");
    assertThat(RowImage.fields("(,)")).containsExactly("", "");
    assertThat(RowImage.fields("(\"\\\"\",\\,x)")).containsExactly("\"\\\"\"", "\\,x");
  }

  @Test
  void another_shape_gets_nulls_for_what_is_missing() {
    assertThat(RowImage.reshape("(1,x)", List.of("a", "b"), List.of("b", "c", "a")))
        .isEqualTo("(x,,1)");
  }

  @Test
  void an_insert_overrides_identity_and_leaves_out_expressions() {
    assertThat(ReplicaStatement.of(KEYED, change(Operation.INSERT, "id", "t", "g")).sql())
        .isEqualTo(
            """
            INSERT INTO "s"."a ""b""\" ("id", "t") OVERRIDING SYSTEM VALUE
            SELECT (r.image)."id", (r.image)."t" FROM (
              SELECT u.image::"s"."a ""b""\" AS image
              FROM unnest($1::text[]) WITH ORDINALITY AS u (image, number)
              ORDER BY u.number OFFSET 0) AS r""");
  }

  @Test
  void an_update_finds_its_row_by_the_key() {
    assertThat(ReplicaStatement.of(KEYED, change(Operation.UPDATE, "id", "t", "g")).sql())
        .contains("SET \"t\" = (i.new_image).\"t\"\n")
        .endsWith("WHERE t.\"id\" = (i.old_image).\"id\"");
  }

  @Test
  void without_a_key_one_row_of_the_same_text_is_deleted() {
    var keyless = new ReplicaTable("s", "t", List.of(new Column("a", Fill.OPEN, false)));
    var delete = change(Operation.DELETE, "a", "gone");
    assertThat(ReplicaStatement.of(keyless, delete).sql())
        .endsWith("WHERE ROW(s.\"a\")::text = $1::text LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)");
    var change = new RowChange(1, "s", "t", Operation.DELETE, List.of("a", "gone"), "(1,x)", "");
    assertThat(ReplicaStatement.parameters(keyless, change)).containsExactly("(1)");
  }
}
