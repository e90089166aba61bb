package io.pgmesh.executor.run;

import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.executor.tx.SessionTransaction;

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
}
