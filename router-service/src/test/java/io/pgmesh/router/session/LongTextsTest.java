package io.pgmesh.router.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LongTextsTest {
  private static final String LONG = " ".repeat(LongTexts.PLAIN_CHARACTERS + 1);

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  /** Where it is worked on, and where the answer comes. */
  private List<Boolean> onEventLoop(String sql) throws Exception {
    var seen = new CompletableFuture<List<Boolean>>();
    vertx.runOnContext(
        here ->
            LongTexts.work(sql, Context::isOnEventLoopThread)
                .onSuccess(worked -> seen.complete(List.of(worked, Context.isOnEventLoopThread())))
                .onFailure(seen::completeExceptionally));
    return seen.get(10, TimeUnit.SECONDS);
  }

  @Test
  void long_texts_do_not_keep_an_event_loop_waiting() throws Exception {
    assertThat(onEventLoop(LONG)).containsExactly(false, true);
    assertThat(onEventLoop("select 1")).containsExactly(true, true);
  }

  @Test
  void long_texts_are_worked_on_one_after_the_other() throws Exception {
    var order = new ArrayList<Integer>();
    var all = new CompletableFuture<Void>();
    vertx.runOnContext(
        here -> {
          List<Future<Boolean>> works = new ArrayList<>();
          for (int i = 0; i < 100; i++) {
            int number = i;
            works.add(LongTexts.work(LONG, () -> order.add(number)));
          }
          Future.all(works).<Void>mapEmpty().onSuccess(all::complete);
        });
    all.get(10, TimeUnit.SECONDS);
    assertThat(order).hasSize(100).isSorted();
  }

  @Test
  void what_cannot_be_read_is_an_error_of_the_future() throws Exception {
    for (String sql : List.of(LONG, "select 1")) {
      var failure = new CompletableFuture<Throwable>();
      vertx.runOnContext(
          here ->
              LongTexts.work(
                      sql,
                      () -> {
                        throw new IllegalArgumentException("unreadable");
                      })
                  .onFailure(failure::complete));
      assertThat(failure.get(10, TimeUnit.SECONDS)).hasMessage("unreadable");
    }
  }
}
