package io.pgmesh.router.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.router.planner.StatementPlanner.Bound;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.planner.StatementPlanner.SessionView;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.StatementShape;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyedPlanTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "select item from orders where id = 1 | select  item from orders /* c */ where id=10000",
        "select item from orders where id = 1 | select item from orders where id = 3",
        "select o.item from orders o join lines l on l.order_id = o.id where o.id = 1 and l.line > 5 | select o.item from orders o join lines l on l.order_id = o.id where o.id = 44 and l.line > 123456",
        "select id from app.events where tenant = 'a' | select id from app.events where tenant = 'it''s b'",
        "update orders set item = 'x' where id = 1 | update orders set item = 'a longer one' where id = 5",
        "delete from orders as o where o.id = 1 | delete from orders as o where o.id = 7",
        "insert into orders (id, item) values (1, 'a') | insert into orders (id, item) values (22, 'bcd')",
        "insert into orders (item, id) values (now(), 1) | insert into orders (item, id) values (now(), 98765)",
        "update orders set item = now()  - '1 day' where id = 1 and amount > 0 | update orders set item = now ( )   - '365 days' where id = 10000 and amount > 5",
        "select amount > 5, now() from (select amount, current_date from orders where id = 1) x | select amount > 1000, now() from (select amount, current_date from orders where id = 22) x",
        "insert into app.events (tenant, id) values ('a', 1) | insert into app.events (tenant, id) values ('another', 22)",
        "insert into orders (id, item) values (1, 'a'), (1, 'b') | insert into orders (id, item) values (22, 'ccc'), (22, 'd')",
        "select * from (select id from orders where id = 1) o, (select line from lines where order_id = 1) l | select * from (select id from orders where id = 765) o, (select line from lines where order_id = 765) l",
        "select item from orders where id in (1) | select item from orders where id in (99)",
        "select name from countries where code = 'a' | select name from countries where code = 'bcd'",
        "select n.*, now() from notes n where n.id between 1 and 2 | select n.*, now() from notes n where n.id between 33 and 444",
        "insert into countries (code, name) values ('a', 'b') | insert into countries (code, name) values ('abc', 'd')",
        "update notes set id = id + 1 where id in (3, 2) | update notes set id = id + 10 where id in (3, 456)",
        "select o.item from orders o, notes n where o.amount > 1 | select o.item from orders o, notes n where o.amount > 222",
        "insert into orders values (-1, 'a', 2) on conflict do nothing returning item | insert into orders values (-2, 'b', 33) on conflict do nothing returning item",
      })
  void what_was_planned_for_one_text_is_planned_for_all_like_it(String one, String alike) {
    assertThat(shape(one)).isEqualTo(shape(alike));
    assertThat(planned(one).forConstantsOf(SampleMesh.phrase(alike)).map(KeyedPlanTest::bound))
        .contains(bound(planned(alike)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "insert into orders (id) values (1), (2)",
        "select item from orders where id in (1, 2)",
        "select * from (select id from orders where id = 1) o, (select line from lines where order_id = 2) l",
        "select count(*) from orders",
        "select o.item from only orders o, notes n where o.amount > 1",
        "insert into app.events (tenant) values ('a')",
      })
  void what_more_than_one_shard_may_answer_is_planned_anew(String sql) {
    assertThat(planned(sql).forConstantsOf(SampleMesh.phrase(sql))).isEmpty();
  }

  /** A constant that no operator stands before is a part of the shape, and equals none there. */
  @Test
  void values_that_are_one_in_one_text_only_are_planned_anew() {
    String one = "insert into orders (id, item) values (1, 'a'), (1, 'b')";
    String alike = "insert into orders (id, item) values (1, 'a'), (2, 'b')";
    assertThat(planned(one).forConstantsOf(SampleMesh.phrase(alike))).isEmpty();
  }

  @Test
  void constants_of_other_texts_may_become_parameters() {
    String one =
        "update orders set item = item || 'a', amount = amount + 1 where id = 1 and amount > 1.5";
    PlannedStatement first = planned(one);
    bound(first);
    for (String alike : List.of(one, one.replace("'a'", "'it''s'").replace("1.5", "27.25"))) {
      PlannedStatement lifted = first.withParametersFor(SampleMesh.phrase(alike)).orElseThrow();
      assertThat(((Plan.OneShard) bound(lifted)).task().sql().text())
          .contains(
              "item = item ||  $1 , amount = amount +  $2  where id =  $2  and amount >  $3 ");
      assertThat(lifted.constants().types()).containsExactly(0L, 23L, 1700L);
    }
    var other = SampleMesh.phrase(one.replace("'a'", "'it''s'").replace("1.5", "27.25"));
    assertThat(first.withParametersFor(other).orElseThrow().constants().values())
        .extracting(String::new)
        .containsExactly("it's", "1", "27.25");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "insert into orders (item, id) values (now(), 1)", // has the time for a parameter
        "insert into orders (id, item) values (1, 'a') on conflict (id) where amount > 5 do nothing",
        "select item from orders where id = $1 and amount > 5",
        "select count(*) from orders where amount > 5",
      })
  void others_stay_as_they_are(String sql) {
    PlannedStatement planned = planned(sql);
    if (!sql.contains("$1")) {
      bound(planned);
    }
    assertThat(planned.withParametersFor(SampleMesh.phrase(sql))).isEmpty();
  }

  private static String shape(String sql) {
    return StatementShape.of(SampleMesh.phrase(sql));
  }

  private static PlannedStatement planned(String sql) {
    BiFunction<Phrase, PlanContext, PlannedStatement> planner =
        switch (SampleMesh.phrase(sql).first().value()) {
          case "select" -> SelectPlanner::plan;
          case "insert" -> InsertPlanner::plan;
          default -> ModifyPlanner::plan;
        };
    Phrase statement = SampleMesh.phrase(sql);
    PlanContext context = SampleMesh.context(sql, SessionView.PLAIN);
    return TransactionTime.in(planner.apply(statement, context), statement, context);
  }

  private static Plan bound(PlannedStatement planned) {
    return ((Bound.Ready) planned.bind(Arguments.NONE, List.of())).plan();
  }
}
