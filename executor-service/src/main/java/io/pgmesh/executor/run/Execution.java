package io.pgmesh.executor.run;

import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.executor.tx.SessionTransaction;
import java.util.List;

/**
 * One run of a plan: for whom, with what, in which transaction.
 *
 * @param timed whether the last argument is the transaction's time and none of the client's
 */
record Execution(
    Channel channel,
    long statement,
    Arguments arguments,
    int maxRows,
    boolean describe,
    SessionTransaction transaction,
    ClientListener listener,
    boolean timed) {
  private static final long TIMESTAMPTZ = 1184;

  Session session() {
    return channel.session();
  }

  /** Whether the rows come in parts, which takes a named portal in a transaction block. */
  boolean inParts() {
    return maxRows > 0;
  }

  /** Whether the client's statement has parameters, so that it may come again with others. */
  boolean hasParameters() {
    return arguments.values().size() > (timed ? 1 : 0);
  }

  /**
   * The same with one more argument.
   *
   * @param time as binary {@code timestamptz}, null for NULL
   */
  Execution withTime(byte[] time) {
    return new Execution(
        channel,
        statement,
        arguments.with(TIMESTAMPTZ, time),
        maxRows,
        describe,
        transaction,
        listener,
        true);
  }

  /** The same for rows that the executor itself reads. */
  Execution withTextRows() {
    var text = new Arguments(arguments.types(), arguments.formats(), arguments.values(), List.of());
    return new Execution(channel, statement, text, 0, false, transaction, listener, timed);
  }
}
