package io.pgmesh.router.session;

import io.pgmesh.router.sql.Statement;
import io.vertx.core.Future;
import java.util.List;

/**
 * What PostgreSQL looks at when it is given a statement by Parse, before it runs: the names and
 * types of queries and changes, of everything else the grammar.
 */
final class Analysis {
  private final ExecutorChannel channel;
  private final OpenTransaction transaction;
  private final Preparation preparation;

  /** How much is looked at. */
  private enum Depth {
    NOTHING,
    GRAMMAR,
    NAMES
  }

  Analysis(ExecutorChannel channel, OpenTransaction transaction, Preparation preparation) {
    this.channel = channel;
    this.transaction = transaction;
    this.preparation = preparation;
  }

  /** Fails as PostgreSQL's Parse does. */
  Future<Void> of(Prepared prepared) {
    Statement statement = prepared.parsed().statement();
    if (transaction.state() == 'E') {
      return OpenTransaction.allowed(statement) ? Future.succeededFuture() : inFailed(prepared);
    }
    return switch (depth(statement)) {
      case NOTHING -> Future.succeededFuture();
      case GRAMMAR ->
          channel
              .inspect(prepared.sql(), prepared.declaredTypes(), List.of(), List.of())
              .mapEmpty();
      case NAMES -> preparation.accept(prepared);
    };
  }

  /** PostgreSQL reads a text before it minds the transaction. */
  private Future<Void> inFailed(Prepared prepared) {
    return channel
        .inspectAside(prepared.sql(), prepared.declaredTypes())
        .compose(
            read -> Future.failedFuture(OpenTransaction.aborted()),
            cause -> Future.failedFuture(OpenTransaction.notPlanned(cause)));
  }

  private static Depth depth(Statement statement) {
    return switch (statement) {
      case Statement.Empty empty -> Depth.NOTHING;
      case Statement.TransactionControl control -> Depth.NOTHING; // its grammar is known here
      case Statement.Select select -> Depth.NAMES;
      case Statement.Insert insert -> Depth.NAMES;
      case Statement.Update update -> Depth.NAMES;
      case Statement.Delete delete -> Depth.NAMES;
      case Statement.Merge merge -> Depth.NAMES;
      case Statement.Explain explain -> Depth.NAMES;
      case Statement.DeclareCursor declare -> Depth.NAMES;
      case Statement.Copy copy -> Depth.GRAMMAR;
      case Statement.Setting setting -> Depth.GRAMMAR;
      case Statement.FetchCursor fetch -> Depth.GRAMMAR;
      case Statement.CloseCursor close -> Depth.GRAMMAR;
      case Statement.Ddl ddl -> Depth.GRAMMAR;
      case Statement.Prepare prepare -> Depth.GRAMMAR;
      case Statement.Execute(var name, var arguments) ->
          arguments.isEmpty() ? Depth.NOTHING : Depth.GRAMMAR; // Parse does not ask for the name
      case Statement.Deallocate deallocate -> Depth.GRAMMAR;
      case Statement.Utility utility -> Depth.GRAMMAR;
      case Statement.Refused refused -> Depth.GRAMMAR;
    };
  }
}
