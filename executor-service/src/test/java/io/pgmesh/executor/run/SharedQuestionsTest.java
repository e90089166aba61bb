package io.pgmesh.executor.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SharedQuestionsTest {
  private final List<Promise<String>> asked = new ArrayList<>();
  private final SharedQuestions<String, String> questions =
      new SharedQuestions<>(
          subject -> {
            Promise<String> answer = Promise.promise();
            asked.add(answer);
            return answer.future();
          });

  @Test
  void all_who_come_while_one_is_under_way_share_the_next() {
    var first = questions.ask("alice");
    var second = questions.ask("alice");
    var third = questions.ask("alice");
    assertThat(asked).hasSize(1);
    asked.get(0).complete("old");
    assertThat(first.result()).isEqualTo("old");
    assertThat(second.isComplete()).isFalse();
    assertThat(asked).hasSize(2);
    asked.get(1).complete("new");
    assertThat(List.of(second, third)).extracting(Future::result).containsOnly("new");
    assertThat(asked).hasSize(2);
  }

  @Test
  void later_ones_are_asked_anew_and_others_do_not_wait() {
    questions.ask("alice");
    questions.ask("bob");
    assertThat(asked).hasSize(2);
    asked.get(0).complete("first");
    var later = questions.ask("alice");
    assertThat(asked).hasSize(3);
    asked.get(2).complete("second");
    assertThat(later.result()).isEqualTo("second");
  }

  @Test
  void a_failure_is_of_its_question_only() {
    var first = questions.ask("alice");
    var second = questions.ask("alice");
    asked.get(0).fail("gone");
    assertThat(first.failed()).isTrue();
    asked.get(1).complete("back");
    assertThat(second.result()).isEqualTo("back");
  }
}
