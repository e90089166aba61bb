package io.pgmesh.router.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.contracts.error.SqlError;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class LexerTest {
  @Test
  void identifiers_are_folded_unless_quoted() {
    assertTokens(
        "Select \"A\"\"b\", été_ÉA$1",
        "WORD select|QUOTED_IDENTIFIER A\"b|PUNCTUATION ,|WORD été_Éa$1");
  }

  @Test
  void comments_nest_and_are_no_tokens() {
    assertTokens("a /* x /* y */ z */ b -- c\nd", "WORD a|WORD b|WORD d");
  }

  @Test
  void strings_of_every_kind() {
    assertTokens("'it''s'", "STRING it's");
    assertTokens("'back\\slash'", "STRING back\\slash");
    assertTokens("E'a\\'b\\n\\x41\\u00e9\\101'", "STRING a'b\nAéA");
    assertTokens("'a'\n 'b'", "STRING ab");
    assertTokens("'a' 'b'", "STRING a|STRING b");
    assertTokens("$$x'y$$ $t$a$$b$t$", "STRING x'y|STRING a$$b");
    assertTokens(
        "B'01' X'fF' N'n' U&'\\0061' U&\"x\"",
        "BIT_STRING 01|BIT_STRING fF|STRING n|UNICODE \\0061|UNICODE x");
  }

  @Test
  void numbers() {
    assertTokens(
        "1 1.5 .5 1. 1e3 1e 0x1F 1_000",
        "INTEGER 1|NUMBER 1.5|NUMBER .5|NUMBER 1.|NUMBER 1e3|INTEGER 1|WORD e|INTEGER 0x1F|INTEGER 1_000");
    assertTokens("1..10", "INTEGER 1|PUNCTUATION ..|INTEGER 10");
  }

  @Test
  void operators_are_the_longest_that_no_comment_or_sign_cuts() {
    assertTokens("a>=-1", "WORD a|OPERATOR >=|OPERATOR -|INTEGER 1");
    assertTokens("a @- b", "WORD a|OPERATOR @-|WORD b");
    assertTokens("a->>'k'", "WORD a|OPERATOR ->>|STRING k");
    assertTokens("1--2\n+3", "INTEGER 1|OPERATOR +|INTEGER 3");
    assertTokens("a*/*c*/b", "WORD a|OPERATOR *|WORD b");
    assertTokens(
        "x::int[] := $12",
        "WORD x|PUNCTUATION ::|WORD int|PUNCTUATION [|PUNCTUATION ]|PUNCTUATION :=|PARAMETER 12");
  }

  @Test
  void what_does_not_end_is_an_error_where_it_starts() {
    for (String sql : List.of("select 'a", "select \"a", "select /* a", "select $$a")) {
      assertThatThrownBy(() -> Lexer.tokens(sql))
          .isInstanceOfSatisfying(
              SqlError.class,
              error -> {
                assertThat(error.code()).isEqualTo("42601");
                assertThat(error.fields().get("P")).isEqualTo("8");
              });
    }
  }

  @Test
  void statements_are_split_at_semicolons_outside_of_everything() {
    assertThat(split("select 1; ;select ';' /* ; */;\n select $$;$$"))
        .containsExactly("select 1", "select ';'", "select $$;$$");
    assertThat(split("create rule r as on insert to t do (select 1; select 2); select 3"))
        .containsExactly("create rule r as on insert to t do (select 1; select 2)", "select 3");
    assertThat(
            split(
                "create function f() begin atomic select case when true then 1 end; select 2; end; select 3"))
        .hasSize(2);
    assertThat(split(" -- nothing\n")).isEmpty();
    assertThat(split("select 'a;b' ;")).containsExactly("select 'a;b'");
    assertThat(split("select 1 - -1 ;")).containsExactly("select 1 - -1");
    assertThat(split("select $1;")).containsExactly("select $1");
    assertThat(split("select 1 --;")).containsExactly("select 1");
    assertThat(StatementSplitter.split("select 1; select 2").get(1).offset()).isEqualTo(10);
  }

  private static List<String> split(String sql) {
    return StatementSplitter.split(sql).stream().map(StatementSplitter.Piece::sql).toList();
  }

  private static void assertTokens(String sql, String expected) {
    assertThat(
            Lexer.tokens(sql).stream()
                .map(token -> token.kind() + " " + token.value())
                .collect(Collectors.joining("|")))
        .isEqualTo(expected);
  }
}
