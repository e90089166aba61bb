package io.pgmesh.executor.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.executor.worker.Listener;
import io.pgmesh.executor.worker.ServerMessages;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeldRowsTest {
  private final HeldRows held = new HeldRows(3);
  private final List<String> given = new ArrayList<>();
  private final Listener client =
      new Listener() {
        @Override
        public Future<Void> held(Buffer frames) {
          ServerMessages.eachRow(frames, row -> given.add(new String(row.getFirst())));
          return Future.succeededFuture();
        }
      };

  private void threeStatementsReturn() {
    Listener first = held.of(List.of(0, 2), client);
    first.rows(null, MadeRows.rows(List.of("a1")));
    first.rows(null, MadeRows.rows(List.of("a2", "a3")));
    first.completed();
    first.rows(null, MadeRows.rows(List.of("c1")));
    first.completed();
    held.of(List.of(1), client).rows(null, MadeRows.rows(List.of("b1", "b2")));
  }

  private Portal inTurns(Integer... turns) {
    return held.inTurns(List.of(turns), "INSERT 0 6").result();
  }

  @Test
  void rows_come_in_turns() {
    threeStatementsReturn();
    var part = inTurns(1, 0, 2, 0, 0, 1).fetch(0, false, client).result();
    assertThat(given).containsExactly("b1", "a1", "c1", "a2", "a3", "b2");
    assertThat(part).isEqualTo(new Portal.Part(6, true, "INSERT 0 6"));
  }

  @Test
  void rows_come_statement_by_statement() {
    threeStatementsReturn();
    inTurns().fetch(0, false, client);
    assertThat(given).containsExactly("a1", "a2", "a3", "b1", "b2", "c1");
  }

  @Test
  void rows_come_in_parts() {
    threeStatementsReturn();
    Portal portal = inTurns(1, 0, 2, 0, 0, 1);
    assertThat(portal.fetch(4, false, client).result()).isEqualTo(new Portal.Part(4, false, ""));
    assertThat(given).hasSize(4);
    assertThat(portal.fetch(2, false, client).result()).isEqualTo(new Portal.Part(2, false, ""));
    assertThat(portal.fetch(2, false, client).result())
        .isEqualTo(new Portal.Part(0, true, "INSERT 0 0"));
    assertThat(given).endsWith("a2", "a3", "b2");
  }

  @Test
  void more_than_can_be_held_is_refused() {
    var listener = held.of(List.of(0), client);
    var batch = MadeRows.rows(List.of("x".repeat(1024 * 1024)));
    for (int i = 0; i < 64; i++) {
      listener.rows(null, batch);
    }
    assertThat(held.inTurns(List.of(), "INSERT 0 64").cause())
        .isInstanceOfSatisfying(
            SqlError.class, error -> assertThat(error.fields().code()).isEqualTo("54000"));
  }
}
