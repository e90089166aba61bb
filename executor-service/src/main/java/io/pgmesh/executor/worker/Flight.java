package io.pgmesh.executor.worker;

import io.netty.buffer.ByteBuf;
import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.Arguments;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One or more statements sent together and ended by one ReadyForQuery. The future completes only
 * there, so that the connection's state is known; it fails with the server's first error.
 */
public final class Flight implements Replies {

  /**
   * How it ended.
   *
   * @param tags one a completed statement; empty text for an empty query
   * @param suspended whether the last portal has more rows
   * @param parameterTypes of the last ParameterDescription
   */
  public record Outcome(List<String> tags, boolean suspended, List<Long> parameterTypes) {
    public Outcome {
      tags = List.copyOf(tags);
      parameterTypes = List.copyOf(parameterTypes);
    }

    public String lastTag() {
      return tags.isEmpty() ? "" : tags.getLast();
    }
  }

  private enum Copy {
    NONE,
    /** The server waits for data; a Sync sent before this was swallowed. */
    OPEN,
    /** CopyDone or CopyFail was sent. */
    ENDED
  }

  private final BackendConnection connection;
  private final Listener listener;
  private final boolean extended;
  private int leadsToParse;
  private int leadsToComplete;
  private final Promise<Outcome> promise = Promise.promise();
  private final List<String> tags = new ArrayList<>();
  private List<Long> parameterTypes = List.of();
  private boolean suspended;
  private int parsed;
  private Copy copy = Copy.NONE;
  private SqlError error;

  private Flight(BackendConnection connection, boolean extended, Listener listener) {
    this.connection = connection;
    this.extended = extended;
    this.listener = listener;
  }

  /** Sends a simple query. */
  public static Flight simple(BackendConnection connection, String sql, Listener listener) {
    sendLeads(connection);
    var flight = new Flight(connection, false, listener);
    connection.send(new Frames().query(sql), flight);
    return flight;
  }

  /** Sends a simple query together with the flight that follows at once. */
  public static void ahead(BackendConnection connection, String sql) {
    sendLeads(connection);
    sendAhead(connection, sql);
  }

  /** Sends what waits for a flight by itself. */
  static void sendLeadsAlone(BackendConnection connection) {
    sendLeads(connection);
    connection.flush();
  }

  private static void sendLeads(BackendConnection connection) {
    connection.leads().take().forEach(sql -> sendAhead(connection, sql));
  }

  private static void sendAhead(BackendConnection connection, String sql) {
    connection.sendLater(new Frames().query(sql), new Flight(connection, false, Listener.NONE));
  }

  /**
   * Sends a COPY FROM STDIN with all its data at once: a server that refuses the statement ignores
   * the data.
   */
  public static Flight copyIn(
      BackendConnection connection, String sql, List<byte[]> data, Listener listener) {
    sendLeads(connection);
    var flight = new Flight(connection, false, listener);
    var frames = new Frames().query(sql);
    for (byte[] bytes : data) {
      if (bytes.length > 0) {
        frames.copyData(bytes, 0, bytes.length);
      }
    }
    connection.send(frames.copyDone(), flight);
    return flight;
  }

  /** Sends extended-protocol messages and a Sync. */
  public static Flight extended(BackendConnection connection, Frames frames, Listener listener) {
    var flight = new Flight(connection, true, listener);
    List<String> leads = connection.leads().take();
    if (leads.isEmpty()) {
      connection.send(frames.sync(), flight);
    } else {
      connection.send(flight.begin(leads).then(frames).sync(), flight);
    }
    return flight;
  }

  /** One ReadyForQuery fewer than if they were sent by themselves. */
  private Frames begin(List<String> leads) {
    leadsToParse = leads.size();
    leadsToComplete = leads.size();
    var frames = new Frames();
    leads.forEach(sql -> frames.run(sql, Arguments.NONE));
    return frames;
  }

  public Future<Outcome> future() {
    return promise.future();
  }

  public BackendConnection connection() {
    return connection;
  }

  /** Statements completed so far. */
  public int completed() {
    return tags.size();
  }

  /** Statements that the server has prepared so far. */
  public int parsed() {
    return parsed;
  }

  /** Whether the server takes copy data: it waits for it and has raised no error. */
  public boolean copying() {
    return copy == Copy.OPEN && error == null;
  }

  /** Sends copy data; ignored after an error. */
  public void copyData(ByteBuf bytes) {
    if (copying()) {
      connection.write(new Frames().copyData(bytes));
    }
  }

  public void copyData(byte[] bytes, int from, int length) {
    if (copying()) {
      connection.write(new Frames().copyData(bytes, from, length));
    }
  }

  /** All data was sent. */
  public void endCopy() {
    closeCopy(new Frames().copyDone());
  }

  /** The data ends here and the statement shall fail. */
  public void failCopy(String reason) {
    closeCopy(new Frames().copyFail(reason));
  }

  private void closeCopy(Frames frames) {
    if (copying()) {
      copy = Copy.ENDED;
      connection.write(extended ? frames.sync() : frames);
    }
  }

  @Override
  public void rows(Buffer frames) {
    listener.rows(connection, frames);
  }

  @Override
  public void frame(char tag, ByteBuf body) {
    switch (tag) {
      case 'T', 'n' -> listener.description(ServerMessages.wholeFrame(body));
      case '1' -> {
        if (leadsToParse > 0) {
          leadsToParse--;
        } else {
          parsed++;
        }
      }
      case 't' -> parameterTypes = ServerMessages.parameterTypes(body);
      case 'C' -> {
        if (leadsToComplete > 0) {
          leadsToComplete--;
        } else {
          tags.add(ServerMessages.text(body));
          listener.completed();
        }
      }
      case 'I' -> tags.add("");
      case 's' -> suspended = true;
      case 'E' -> failed(ServerMessages.errorFields(body));
      case 'N', 'S', 'A' -> ServerMessages.tell(listener, tag, body);
      case 'G' -> {
        copy = Copy.OPEN;
        listener.copyIn(this, ServerMessages.wholeFrame(body));
      }
      case 'H' -> listener.copyOut(ServerMessages.wholeFrame(body));
      default -> {
        // BindComplete, CloseComplete, CopyDone: nothing to do
      }
    }
  }

  private void failed(ErrorFields fields) {
    if (error == null) {
      error = new SqlError(fields);
    }
    if (copy == Copy.OPEN) {
      copy = Copy.ENDED;
      if (extended) {
        connection.write(new Frames().sync()); // the first Sync was swallowed by the copy
      }
    }
  }

  @Override
  public void ready(char transactionStatus) {
    if (error != null) {
      promise.fail(error);
    } else {
      promise.complete(new Outcome(tags, suspended, parameterTypes));
    }
  }

  @Override
  public void lost(SqlError cause) {
    promise.fail(cause);
  }
}
