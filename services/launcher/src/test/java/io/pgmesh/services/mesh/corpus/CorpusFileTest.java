package io.pgmesh.services.mesh.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.services.mesh.corpus.Case.Flag;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CorpusFileTest {
  @Test
  void paragraphs_are_cases_and_leading_comments_are_directives() {
    var file =
        CorpusFile.parse(
            "x.sql",
            """
            -- # a remark
            -- error 23505
            -- params 1, 'it''s, two', null
            -- params 2, b, c
            select $1
            from t -- not a directive

            -- mesh
            select 2
            """);
    assertThat(file.cases()).hasSize(2);
    Case first = file.cases().getFirst();
    assertThat(first.sql()).isEqualTo("select $1\nfrom t -- not a directive");
    assertThat(first.line()).isEqualTo(1);
    assertThat(first.error()).isEqualTo("23505");
    assertThat(first.arguments())
        .containsExactly(Arrays.asList("1", "it's, two", null), List.of("2", "b", "c"));
    assertThat(file.cases().get(1).flags()).containsExactly(Flag.MESH);
    assertThat(file.cases().get(1).place()).isEqualTo("x.sql:8");
  }

  @Test
  void data_of_a_copy_follows_its_statement() {
    Case copy =
        CorpusFile.parse("x.sql", "copy t from stdin\n\\data\n1\ta\n2\tb").cases().getFirst();
    assertThat(copy.sql()).isEqualTo("copy t from stdin");
    assertThat(copy.copyLines()).containsExactly("1\ta", "2\tb");
  }

  @Test
  void a_directive_that_does_not_exist_is_told() {
    assertThatThrownBy(() -> CorpusFile.parse("x.sql", "-- unorderd\nselect 1"))
        .hasMessageContaining("x.sql:1")
        .hasMessageContaining("unorderd");
  }

  @Test
  void order_counts_when_order_by_is_outermost() {
    assertThat(OrderBy.atTopLevel("select a from t order by a")).isTrue();
    assertThat(OrderBy.atTopLevel("select a from (select a from t order by a) s")).isFalse();
    assertThat(OrderBy.atTopLevel("select sum(x) over (order by (a)) from t")).isFalse();
    assertThat(OrderBy.atTopLevel("select 'order by' from t -- order by a")).isFalse();
    assertThat(OrderBy.atTopLevel("(select 1) union (select 2)\nORDER   BY 1")).isTrue();
  }
}
