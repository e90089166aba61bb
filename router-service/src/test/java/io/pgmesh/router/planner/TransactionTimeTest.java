package io.pgmesh.router.planner;

import static io.pgmesh.router.planner.Planning.plan;
import static io.pgmesh.router.planner.Planning.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.PlanText;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.router.planner.StatementPlanner.SessionView;
import io.pgmesh.router.sql.StatementReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the functions that mean the transaction's time. */
class TransactionTimeTest {
  private static final String TIME = "coalesce($1::pg_catalog.timestamptz, pg_catalog.now())";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "now() | coalesce(T) AS now",
        "NOW ( ) | coalesce(T) AS now",
        "pg_catalog.now() | coalesce(T) AS now",
        "transaction_timestamp() + '1 day' | coalesce(T) + '1 day'",
        "current_timestamp | coalesce(T) AS current_timestamp",
        "CURRENT_TIMESTAMP(2) | CAST(coalesce(T) AS pg_catalog.timestamptz(2)) AS current_timestamp",
        "current_date - 1 | CAST(coalesce(T) AS pg_catalog.date) - 1",
        "localtime(0) | CAST(coalesce(T) AS pg_catalog.time(0)) AS localtime",
        "current_time | CAST(coalesce(T) AS pg_catalog.timetz) AS current_time",
        "localtimestamp x | CAST(coalesce(T) AS pg_catalog.timestamp) x",
        "(now())::date | (coalesce(T))::date AS now",
        "cast(now() as date) | cast(coalesce(T) as date) AS now",
        "now()::date d | coalesce(T)::date d",
        "date_trunc('day', now()) | date_trunc('day', coalesce(T))",
        "(select now() order by 1) | (select coalesce(T) AS now order by 1)",
        "id current_date, now() | id current_date, coalesce(T) AS now",
      })
  void are_a_parameter(String expression, String becomes) {
    String expected = becomes.replace("coalesce(T)", TIME);
    assertThat(text("select " + expression + " from orders where company_id = 1"))
        .startsWith("Timed\n  OneShard")
        .contains(": select " + expected + " from \"public\".\"orders_10");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "clock_timestamp()",
        "statement_timestamp",
        "now",
        "\"now()\"",
        "'now()'",
        "my.now()",
        "now(1)",
        "orders.current_date",
        "id as current_date",
        "id current_date",
        "\"current_date\"",
        "1 /* now() */"
      })
  void other_words_stay(String expression) {
    assertThat(text("select " + expression + " from orders where company_id = 1"))
        .doesNotContain("Timed")
        .doesNotContain("coalesce");
  }

  @Test
  void the_statement_has_a_parameter_of_its_own() {
    String own = "coalesce($2::pg_catalog.timestamptz, pg_catalog.now())";
    assertThat(text("select statement_timestamp(), now() from orders where company_id = 1"))
        .startsWith("Timed [statement]\n  OneShard")
        .contains(": select " + own + " AS statement_timestamp, " + TIME + " AS now from ");
    assertThat(text("select pg_catalog.statement_timestamp() x from orders where company_id = 1"))
        .contains(": select " + own + " x from ");
  }

  @Test
  void a_lone_statement_has_the_time_of_its_transaction() {
    assertThat(alone("select STATEMENT_TIMESTAMP(), now(), 'statement_timestamp()' from countries"))
        .contains(
            "select pg_catalog.now() AS statement_timestamp, now(), 'statement_timestamp()' from");
    assertThat(
            alone(
                "insert into orders (company_id, state) values (1 + 1, statement_timestamp()::text)"))
        .contains("pg_catalog.now()")
        .doesNotContain("statement_timestamp");
    assertThat(alone("create view v as select statement_timestamp()"))
        .contains("as select statement_timestamp()");
  }

  private static String alone(String sql) {
    var statement = StatementReader.read(sql).statement();
    return PlanText.of(LoneStatementTime.in(plan(sql), () -> statement));
  }

  @Test
  void the_parameter_follows_those_of_the_client() {
    var arguments = new Arguments(List.of(20L, 25L), List.of(), values("1", "new"), List.of());
    String sql = "update orders set state = $2 where company_id = $1 and now() > '2020-01-01'";
    assertThat(PlanText.of(plan(sql, SessionView.PLAIN, arguments)))
        .contains("coalesce($3::pg_catalog.timestamptz, pg_catalog.now()) > '2020-01-01'");
  }

  @Test
  void every_text_of_a_plan_has_it() {
    assertThat(text("select now(), count(*) from orders where now() > '2020-01-01'"))
        .startsWith("Timed\n  Scatter [combine]")
        .contains("finish: SELECT " + TIME)
        .doesNotContainPattern("(?<!pg_catalog\\.)now\\(\\)");
    assertThat(text("insert into orders (company_id, id) values (1, 2), (2, 3) returning now()"))
        .startsWith("Timed\n  Scatter [in turns [0, 1], writes]")
        .contains("returning " + TIME);
    assertThat(
            text(
                "insert into orders (company_id, state) select company_id, current_timestamp from orders"))
        .startsWith("Timed\n  Scatter [concat, writes]");
  }

  @Test
  void rows_that_the_coordinator_database_evaluates_take_its_own() {
    Plan plan =
        plan("insert into orders (company_id, state) values (1 + 1, now()) returning now()");
    var insert = (Plan.RoutedInsert) ((Plan.Timed) plan).plan();
    assertThat(((Plan.Coordinator) insert.source()).sql().text()).contains("(now())");
    assertThat(insert.tail().returning()).isEqualTo("returning " + TIME);
  }

  @Test
  void rows_that_workers_give_have_it() {
    Plan plan = plan("insert into visits (company_id, page) select id, now() from orders");
    var insert = (Plan.RoutedInsert) ((Plan.Timed) plan).plan();
    assertThat(PlanText.of(insert.source())).startsWith("Scatter").contains("select id, " + TIME);
  }

  @Test
  void the_coordinator_database_runs_a_query_whose_table_is_the_time() {
    assertThat(text("select now from orders, now() where company_id = 1"))
        .startsWith("Coordinator");
    assertThat(text("select 1 from orders join current_date d on true where company_id = 1"))
        .startsWith("Coordinator");
  }

  @Test
  void explain_shows_it() {
    assertThat(text("explain select now() from orders where company_id = 1"))
        .startsWith("Timed\n  Explain")
        .contains("EXPLAIN select " + TIME);
  }

  @Test
  void positions_are_those_of_the_client() {
    String sql = "select now(), nothing from orders where company_id = 1";
    var one = (Plan.OneShard) ((Plan.Timed) plan(sql)).plan();
    SqlText text = one.task().sql();
    for (String word : List.of("nothing", "where", "company_id = 1")) {
      assertThat(text.originalPosition(text.text().indexOf(word) + 1))
          .isEqualTo(sql.indexOf(word) + 1);
    }
  }

  @Test
  void no_loopback_asks_for_it() {
    String sql = "update pgmesh_shell.\"100\" set state = now() where company_id = 1";
    assertThat(PlanText.of(plan(sql, Planning.LOOPBACK, Arguments.NONE))).startsWith("OneShard");
  }

  private static List<byte[]> values(String... texts) {
    return Arrays.stream(texts).map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
  }
}
