package io.pgmesh.router.session;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.router.wire.Backend;
import io.pgmesh.router.wire.Frontend;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/**
 * The protocol after startup: takes a client's messages one at a time, in order, and answers them.
 * Touched on the router's context only.
 */
final class ProtocolSession {
  private final Statements statements;
  private final ClientOutput output;
  private final Client client;
  private final MessageQueue queue = new MessageQueue();
  private final SimpleQuery simple;
  private final ExtendedQuery extended;
  private final ClientEncoding encoding = new ClientEncoding();
  private Optional<CopyInput> copy = Optional.empty();
  private boolean busy;
  private boolean skipping;
  private boolean pumping;

  /** The client's end of the connection. */
  interface Client {
    /** Whether to read on. */
    void reading(boolean on);

    void disconnect();
  }

  ProtocolSession(Statements statements, ClientOutput output, Client client) {
    this.statements = statements;
    this.output = output;
    this.client = client;
    var names = new NamedStatements(statements);
    this.extended = new ExtendedQuery(statements, names, output, queue, new WireSink());
    this.simple = new SimpleQuery(statements, names, output, extended, new WireSink());
  }

  /** Greets the client: it may begin. */
  void begin() {
    ready();
  }

  /** A parameter that the client was told of has a new value. */
  void parameter(String name, String value) {
    if (name.equals(ClientEncoding.PARAMETER)) {
      encoding.is(value);
    }
  }

  void receive(Frontend message, int bytes) {
    queue.add(message, bytes);
  }

  /** Works through what has been received. */
  void pump() {
    if (pumping) {
      return; // called from within: the loop below goes on
    }
    pumping = true;
    try {
      while (!queue.isEmpty() && step()) {}
      copy.ifPresent(CopyInput::send);
    } finally {
      pumping = false;
    }
    client.reading(!queue.isFull());
  }

  /** The client has room again. */
  void drained() {
    if (!output.full()) { // by its other measure
      statements.grantCredit();
    }
  }

  /** Something was written while nothing runs: it must not wait. */
  void written() {
    if (!busy) {
      output.flush();
    }
  }

  private boolean step() {
    if (copy.isPresent()) {
      return copyStep(copy.get());
    }
    if (busy || queue.awaitsUseOfParse()) {
      return false;
    }
    Frontend message = queue.poll();
    if (!skipping || endsSkipping(message)) {
      handle(message);
    }
    return true;
  }

  private boolean copyStep(CopyInput input) {
    if (!input.ready()) {
      return false;
    }
    Frontend message = queue.poll();
    if (message instanceof Frontend.Terminate) {
      client.disconnect();
    } else {
      input.take(encoding.readable(message));
    }
    return true;
  }

  private void handle(Frontend message) {
    busy = true;
    Future<Void> done = Future.succeededFuture(message).compose(this::answer);
    if (done.isComplete()) {
      settle(done); // no recursion however many messages wait
    } else {
      done.onComplete(
          result -> {
            settle(done);
            pump();
          });
    }
  }

  private void settle(Future<Void> done) {
    busy = false;
    copy = Optional.empty();
    if (done.failed()) { // only messages of the extended protocol fail so
      output.error(SqlError.from(done.cause()).fields());
      output.flush(); // a client may wait for it before it sends Sync
      statements.failed();
      skipping = true;
    }
  }

  private Future<Void> answer(Frontend message) {
    return switch (encoding.readable(message)) {
      case Frontend.Malformed malformed -> answerMalformed(malformed);
      case Frontend.Query query -> simple.run(query.sql()).onComplete(done -> ready());
      case Frontend.Parse parse -> extended.parse(parse);
      case Frontend.Bind bind -> extended.bind(bind);
      case Frontend.Describe describe -> extended.describe(describe);
      case Frontend.Execute execute -> extended.execute(execute);
      case Frontend.Close close -> extended.close(close);
      case Frontend.Sync sync -> sync();
      case Frontend.Flush flush -> {
        output.flush();
        yield Future.succeededFuture();
      }
      case Frontend.FunctionCall call -> refuseFunctionCall();
      case Frontend.Terminate terminate -> {
        client.disconnect();
        yield Future.succeededFuture();
      }
      // What a client sent before it saw that its COPY had failed
      case Frontend.CopyData data -> Future.succeededFuture();
      case Frontend.CopyDone copyDone -> Future.succeededFuture();
      case Frontend.CopyFail fail -> Future.succeededFuture();
      case Frontend.Authentication late ->
          Future.failedFuture(
              new SqlError(SqlState.PROTOCOL_VIOLATION, "unexpected authentication message"));
    };
  }

  private Future<Void> sync() {
    skipping = false;
    return statements
        .endBlock()
        .otherwise(
            cause -> {
              output.error(SqlError.from(cause).fields());
              return null;
            })
        .onComplete(
            done -> {
              extended.synced();
              ready();
            });
  }

  private Future<Void> answerMalformed(Frontend.Malformed message) {
    return switch (message.tag()) {
      case 'Q', 'F', 'S' -> {
        skipping = false;
        yield simple.refuse(message.error()).onComplete(done -> ready());
      }
      case 'f' -> Future.succeededFuture(); // of a COPY that is over
      default -> Future.failedFuture(message.error());
    };
  }

  private static boolean endsSkipping(Frontend message) {
    return message instanceof Frontend.Sync
        || message instanceof Frontend.Terminate
        || message instanceof Frontend.Malformed(char tag, SqlError error) && tag == 'S';
  }

  private Future<Void> refuseFunctionCall() {
    output.error(
        new SqlError(SqlState.FEATURE_NOT_SUPPORTED, "function calls by protocol are not supported")
            .fields());
    ready();
    return Future.succeededFuture();
  }

  private void ready() {
    output.message(new Backend.ReadyForQuery(statements.transaction()));
    output.flush();
  }

  /** Results go to the client as they are. */
  private final class WireSink implements ResultSink {
    @Override
    public void description(Buffer frame) {
      output.frames(frame);
    }

    @Override
    public void rows(Buffer frames) {
      output.frames(frames);
    }

    @Override
    public void copyIn(Buffer frame) {
      output.frames(frame);
      output.flush();
      copy = Optional.of(new CopyInput(statements));
      pump();
    }

    @Override
    public void copyCredit() {
      pump();
    }

    @Override
    public void copyOut(Buffer frame) {
      output.frames(frame);
    }

    @Override
    public boolean full() {
      return output.full();
    }
  }
}
