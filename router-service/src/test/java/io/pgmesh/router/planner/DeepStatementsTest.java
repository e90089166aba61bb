package io.pgmesh.router.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.contracts.plan.Plan;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Statements as generators write them. Nesting must take neither a stack that grows with it nor a
 * time that grows faster: with the second power these would take minutes.
 */
class DeepStatementsTest {
  private static final int DEEP = 20_000;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "( | id | )",
        "abs( | id | )",
        "( | id | + 1)",
        "case when id > 1 then | 0 | else 2 end",
        "cast( | id | as int8)",
        "array[ | id | ]",
      })
  void an_expression_of_any_depth_is_planned_on_its_shard(String open, String core, String close) {
    String deep = (open + " ").repeat(DEEP) + core + (" " + close).repeat(DEEP);
    assertOneShard("select " + deep + " from orders where company_id = 1");
    assertOneShard("select id from orders where company_id = 1 and id = " + deep);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"( | )", "(id = 1 and | )", "( | and id = 1)"})
  void a_key_is_found_at_any_depth(String open, String close) {
    String where = (open + " ").repeat(DEEP) + "company_id = 1" + (" " + close).repeat(DEEP);
    assertOneShard("select id from orders where " + where);
    assertOneShard("update orders set state = 'x' where " + where);
    assertOneShard("delete from orders where " + where);
  }

  @Test
  void a_value_of_the_key_is_found_at_any_depth() {
    String one = "(".repeat(DEEP) + "1" + ")".repeat(DEEP);
    assertOneShard("insert into orders (company_id, id) values (" + one + ", 1)");
    assertOneShard("select id from orders where company_id = " + one);
  }

  @Test
  void conditions_of_any_number_are_read() {
    assertOneShard(
        "select id from orders where company_id = 1 and " + list(" and ", i -> "id<>" + i));
    assertOneShard(
        "select id from orders where company_id = 1 and (" + list(" or ", i -> "id=" + i) + ")");
    assertOneShard("select " + list(" || ", i -> "state") + " from orders where company_id = 1");
    assertOneShard("select array[" + list(", ", i -> "id") + "] from orders where company_id = 1");
  }

  @Test
  void subqueries_in_one_another_are_planned_as_far_as_there_is_stack_for_them() {
    assertOneShard(subqueries(200));
    assertThat(Planning.text(subqueries(1_000)))
        .startsWith("Coordinator")
        .contains("a query of so many subqueries in one another is not planned on workers");
  }

  private static String subqueries(int levels) {
    return "select id from "
        + "(select id from ".repeat(levels)
        + "orders where company_id = 1"
        + ") x".repeat(levels);
  }

  /** The parser of the second opinion has no limit of its own, and PostgreSQL a higher one. */
  @Test
  void what_is_too_deep_for_the_parser_is_left_to_the_coordinator_database() {
    String minus = "- ".repeat(DEEP);
    Plan plan = Planning.plan("select id from orders where company_id = 1 and id = " + minus + "1");
    assertThat(plan.getClass()).isEqualTo(Plan.Coordinator.class);
  }

  @Test
  void a_join_of_many_tables_is_planned() {
    String joins =
        IntStream.range(0, 300)
            .mapToObj(i -> " join lines l" + i + " on l" + i + ".company_id = o.company_id")
            .collect(Collectors.joining());
    assertOneShard("select count(*) from orders o" + joins + " where o.company_id = 1");
    assertThat(Planning.plan("select count(*) from orders o" + joins).getClass())
        .isEqualTo(Plan.Scatter.class);
  }

  private static String list(String separator, IntFunction<String> part) {
    return IntStream.range(0, 5_000).mapToObj(part).collect(Collectors.joining(separator));
  }

  private static void assertOneShard(String sql) {
    assertThat(Planning.plan(sql).getClass())
        .as(sql.substring(0, 60))
        .isEqualTo(Plan.OneShard.class);
  }
}
