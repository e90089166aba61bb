package io.pgmesh.executor.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.pgmesh.contracts.plan.Arguments;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is sent for a statement of the mesh's own, by the letters of its messages. */
class RenewedStatementsTest {
  private static final String SQL = "SELECT $1::text";

  private final PreparedStatements statements = new PreparedStatements();

  private List<Character> send() {
    var frames = new Frames();
    PreparedStatements.Batch batch = statements.begin();
    statements.bind(frames, batch, SQL, Arguments.NONE);
    statements.end(batch, 1);
    var tags = new ArrayList<Character>();
    ByteBuf sent = frames.bytes();
    for (int at = 0; at < sent.readableBytes(); at += 1 + sent.getInt(at + 1)) {
      tags.add((char) sent.getByte(at));
    }
    sent.release();
    return tags;
  }

  @Test
  void names_that_are_gone_are_prepared_again_by_whichever_statement_is_next() {
    assertThat(send()).containsExactly('P', 'B');
    assertThat(send()).containsExactly('B');
    statements.renew();
    assertThat(send()).containsExactly('C', 'P', 'B');
    assertThat(send()).containsExactly('B');
    statements.renew();
    assertThat(send()).containsExactly('C', 'P', 'B');
  }
}
