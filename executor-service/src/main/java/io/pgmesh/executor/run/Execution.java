package io.pgmesh.executor.run;

import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.executor.tx.SessionTransaction;
import java.util.List;

/** One run of a plan: for whom, with what, in which transaction. */
record Execution(
    Channel channel,
    long statement,
    Arguments arguments,
    int maxRows,
    boolean describe,
    SessionTransaction transaction,
    ClientListener listener) {

  Session session() {
    return channel.session();
  }

  /** Whether the rows come in parts, which takes a named portal in a transaction block. */
  boolean inParts() {
    return maxRows > 0;
  }

  /** The same for rows that the executor itself reads. */
  Execution withTextRows() {
    var text = new Arguments(arguments.types(), arguments.formats(), arguments.values(), List.of());
    return new Execution(channel, statement, text, 0, false, transaction, listener);
  }
}
