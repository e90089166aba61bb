package io.pgmesh.services.mesh.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.mesh.wire.Reply;
import io.pgmesh.services.mesh.wire.Reply.Command;
import io.pgmesh.services.mesh.wire.Reply.Failure;
import io.pgmesh.services.mesh.wire.Reply.Field;
import io.pgmesh.services.mesh.wire.Reply.Result;
import io.pgmesh.services.mesh.wire.Reply.Rows;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The harness must be able to fail: each kind of difference is found. */
class DifferencesTest {
  private static final Field K = new Field("k", 23, -1, 0);
  private static final String ORDERED = "select k from t order by k";
  private static final String UNORDERED = "select k from t";

  @Test
  void equal_answers_do_not_differ() {
    assertThat(between(UNORDERED, rows(K, "1", "2"), rows(K, "1", "2"))).isEmpty();
    assertThat(between(UNORDERED, rows(K, "1", "2"), rows(K, "2", "1"))).isEmpty();
  }

  @Test
  void values_and_their_number_and_order_differ() {
    assertThat(between(UNORDERED, rows(K, "1"), rows(K, "2"))).hasSize(1);
    assertThat(between(UNORDERED, rows(K, "1", "1"), rows(K, "1"))).isNotEmpty();
    assertThat(between(ORDERED, rows(K, "1", "2"), rows(K, "2", "1")))
        .singleElement()
        .asString()
        .startsWith("rows in another order");
  }

  @Test
  void names_types_and_modifiers_of_columns_differ() {
    assertThat(between(UNORDERED, rows(K), rows(new Field("K", 23, -1, 0)))).hasSize(1);
    assertThat(between(UNORDERED, rows(K), rows(new Field("k", 20, -1, 0)))).hasSize(1);
    assertThat(between(UNORDERED, rows(K), rows(new Field("k", 23, 4, 0)))).hasSize(1);
  }

  @Test
  void tags_errors_and_transaction_status_differ() {
    assertThat(between("x", new Command("UPDATE 1"), new Command("UPDATE 2"))).hasSize(1);
    assertThat(between("x", new Command("UPDATE 1"), failure("23505", "3"))).hasSize(1);
    assertThat(between("x", failure("23505", "3"), failure("23514", "3"))).hasSize(1);
    assertThat(between("x", failure("23505", "3"), failure("23505", "4"))).hasSize(1);
    var open = new Reply(List.of(new Command("BEGIN")), List.of(), List.of(), List.of(), 'T');
    assertThat(Differences.between(List.of(reply(new Command("BEGIN"))), List.of(open), test("x")))
        .hasSize(1);
  }

  private static List<String> between(String sql, Result plain, Result mesh) {
    return Differences.between(List.of(reply(plain)), List.of(reply(mesh)), test(sql));
  }

  private static Case test(String sql) {
    return CorpusFile.parse("x.sql", sql).cases().getFirst();
  }

  private static Reply reply(Result result) {
    return new Reply(List.of(result), List.of(), List.of(), List.of(), 'I');
  }

  private static Rows rows(Field field, String... values) {
    return new Rows(List.of(field), List.of(values).stream().map(List::of).toList(), "SELECT");
  }

  private static Failure failure(String state, String position) {
    return new Failure(Map.of("S", "ERROR", "C", state, "M", "message", "P", position));
  }
}
