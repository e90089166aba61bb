package io.pgmesh.router.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParserCheckTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select * from t",
        "select a.*, count(*) from s.t a join u using (k) where a.x in (select y from v) group by 1",
        "with c as (select * from t) select * from c, u where exists (select 1 from w where w.k = u.k)",
        "select (select max(x) from t) from \"Mixed\" m left join (select k from u) d on d.k = m.k",
        "select * from t union all (select * from u order by 1 limit 2) order by (select 1 from v)",
        "select t.* from t order by k limit 5 offset 2",
        "select a from t where k = $1 for update of t",
        "select company_id, row_number() over (partition by company_id order by id) from ads",
        "select extract(year from d), sum(x) filter (where y > 0) from t group by 1 having count(*) > 1",
      })
  void both_readers_find_the_same_tables(String sql) {
    assertThatCode(() -> check(sql)).as(sql).doesNotThrowAnyException();
  }

  @Test
  void a_text_that_the_parser_rejects_is_not_planned_on_workers() {
    assertThatThrownBy(() -> check("select * from t where a @@@ b ? c @? '$.x'"))
        .isInstanceOf(NotUnderstood.class);
  }

  @Test
  void a_query_with_other_tables_than_the_parser_finds_is_not_planned_on_workers() {
    Phrase text = phrase("select * from t, u");
    Query other = QueryReader.read(phrase("select * from t"));
    assertThatThrownBy(() -> ParserCheck.check(text, other)).isInstanceOf(NotUnderstood.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 23, 24, 25, 30, 47})
  void a_table_is_found_below_parentheses_that_the_parser_does_not_get(int depth) {
    String open = "abs(".repeat(depth);
    String close = ")".repeat(depth);
    String deep =
        open + "(select max(x) from t where y in (1, " + open + "2" + close + "))" + close;
    assertThatCode(() -> check("select " + deep + " from u")).doesNotThrowAnyException();
    Query other = QueryReader.read(phrase("select 1 from u"));
    assertThatThrownBy(() -> ParserCheck.check(phrase("select 1 from u where y > " + deep), other))
        .isInstanceOf(NotUnderstood.class);
  }

  @Test
  void tables_are_found_behind_long_lists_and_in_long_subqueries() {
    String list = "1" + ", 2".repeat(2_000);
    for (String in :
        List.of(
            "(" + list + ")",
            "(select y from v where z in (" + list + ") and z > (select 1 from w))",
            "(values (" + list + ", (select max(x) from w)))")) {
      assertThatCode(() -> check("select * from t where x in " + in + " and y = (select 1 from u)"))
          .as(in)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void the_parser_gets_little_of_a_deep_text() {
    String deep = "(".repeat(20_000) + "1" + ")".repeat(20_000);
    List<ParserPieces.Piece> pieces =
        ParserPieces.of(
            phrase("select " + deep + ", case when x = " + deep + " then 1 end from t"));
    assertThat(pieces).hasSize(1);
    assertThat(pieces.getFirst().sql().replaceAll(" +", " ")).hasSizeLessThan(200);
  }

  @Test
  void names_are_found_at_any_depth() {
    Query query =
        QueryReader.read(
            phrase("select (select 1 from a) from b join (select * from c) d on true"));
    assertThat(TableNames.of(query).stream().map(Phrase::text).distinct().sorted().toList())
        .isEqualTo(List.of("a", "b", "c"));
  }

  private static void check(String sql) {
    ParserCheck.check(phrase(sql), QueryReader.read(phrase(sql)));
  }

  private static Phrase phrase(String sql) {
    return Phrase.of(sql, Lexer.tokens(sql));
  }
}
