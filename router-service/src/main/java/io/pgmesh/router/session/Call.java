package io.pgmesh.router.session;

import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.router.session.Statements.Block;
import io.pgmesh.router.session.Statements.Run;
import io.pgmesh.router.wire.Backend;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** A statement that is to run: with what, how, and for whom. */
record Call(Prepared statement, Arguments arguments, Run how, ResultSink sink) {
  private static final Buffer NO_DATA = Backend.CODECS.frame(new Backend.NoData());

  /** For what the router runs by itself. */
  static final Run ALONE = new Run(0, false, Block.ALONE);

  Future<Outcome> run(Statements statements) {
    return statements.run(statement, arguments, how, sink);
  }

  /** The same for another statement, which takes these. */
  Call of(Prepared other, Arguments values) {
    return new Call(other, values.withResultFormats(arguments.resultFormats()), how, sink);
  }

  /** Says that no rows will come, where that was asked. */
  void describeNoRows() {
    if (how.describe()) {
      sink.description(NO_DATA);
    }
  }
}
