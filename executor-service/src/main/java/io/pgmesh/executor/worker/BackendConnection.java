package io.pgmesh.executor.worker;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.impl.PgSocketConnection;
import io.vertx.sqlclient.internal.SqlConnectionInternal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A server connection spoken to in raw frames. The Vert.x client opened, secured and authenticated
 * it; a handler before its codec then takes all that arrives. Used on its context only.
 */
public final class BackendConnection {
  private final Address address;
  private final String role;
  private final PgConnection client;
  private final ContextInternal context;
  private final ChannelHandlerContext channel;
  private final ArrayDeque<Replies> flights = new ArrayDeque<>();
  private final List<Runnable> drainHandlers = new ArrayList<>();
  private final Leads leads = new Leads();
  private final SequenceValues sequenceValues = new SequenceValues();
  private final FrameReader reader;
  private boolean closed;
  private char status = 'I';
  private String farewell = "";
  private Runnable onIdleClose = () -> {};
  private Listener unsolicited = Listener.NONE;

  private Map<String, String> settings = Map.of();
  private Map<String, String> neutral = Map.of();
  private final PreparedStatements statements = new PreparedStatements();

  private BackendConnection(
      Address address, String role, PgConnection client, ContextInternal context) {
    this.address = address;
    this.role = role;
    this.client = client;
    this.context = context;
    var internal = (PgSocketConnection) ((SqlConnectionInternal) client).unwrap();
    NetSocket socket = internal.socket();
    ChannelHandlerContext handlers = ((NetSocketInternal) socket).channelHandlerContext();
    this.reader = new FrameReader(handlers.alloc(), new Incoming());
    handlers.pipeline().addBefore("codec", "pgmesh", new FrameHandler());
    this.channel = handlers.pipeline().context("pgmesh");
  }

  /** Takes over an open connection that has nothing under way. */
  static BackendConnection takeOver(
      Address address, String role, PgConnection client, ContextInternal context) {
    return new BackendConnection(address, role, client, context);
  }

  public Address address() {
    return address;
  }

  /** The role that the pool opened it for. */
  public String role() {
    return role;
  }

  /** The server process's id, as {@code pg_backend_pid()} answers. */
  public int processId() {
    return client.processId();
  }

  public int secretKey() {
    return client.secretKey();
  }

  /** {@code 'I'}, {@code 'T'} or {@code 'E'} as of the last ReadyForQuery. */
  public char status() {
    return status;
  }

  public boolean closed() {
    return closed;
  }

  /** Whether any flight is unanswered. */
  public boolean busy() {
    return !flights.isEmpty();
  }

  /** Settings sent to it and not undone, by name. */
  public Map<String, String> settings() {
    return settings;
  }

  public void settings(Map<String, String> applied) {
    settings = applied;
    statements.settings(applied);
  }

  /** Values that it has where no session wants another, though RESET would bring others. */
  public Map<String, String> neutral() {
    return neutral;
  }

  void neutral(Map<String, String> values) {
    neutral = Map.copyOf(values);
  }

  /** What it has prepared. */
  public PreparedStatements statements() {
    return statements;
  }

  /** What goes with the next flight. */
  public Leads leads() {
    return leads;
  }

  public SequenceValues sequenceValues() {
    return sequenceValues;
  }

  /** Whether who uses it next finds it idle. */
  boolean reusable() {
    return !closed && !busy() && (leads.ending() || status == 'I' && !leads.waiting());
  }

  /** Who hears what the server says between flights. */
  public void unsolicited(Listener listener) {
    unsolicited = listener;
  }

  void onIdleClose(Runnable handler) {
    onIdleClose = handler;
  }

  /** Sends messages that one ReadyForQuery will end. */
  void send(Frames frames, Replies replies) {
    if (sendLater(frames, replies)) {
      channel.flush();
    }
  }

  /** The same with what is sent next, which follows at once. */
  boolean sendLater(Frames frames, Replies replies) {
    if (closed) {
      frames.bytes().release();
      context.runOnContext(v -> replies.lost(lostError()));
      return false;
    }
    flights.add(replies);
    channel.write(frames.bytes(), channel.voidPromise());
    return true;
  }

  void flush() {
    channel.flush();
  }

  /** Sends messages that belong to the flight under way. */
  public void write(Frames frames) {
    if (closed) {
      frames.bytes().release();
    } else {
      channel.writeAndFlush(frames.bytes(), channel.voidPromise());
    }
  }

  /** Whether more may be written without piling up memory. */
  public boolean writable() {
    return closed || channel.channel().isWritable();
  }

  /** Calls once it is writable or closed; at once when it is now. */
  public void whenWritable(Runnable handler) {
    if (writable()) {
      handler.run();
    } else {
      drainHandlers.add(handler);
    }
  }

  /** Stops reading from the server until {@link #resume}. */
  public void pause() {
    reader.pause();
    channel.channel().config().setAutoRead(false);
  }

  public void resume() {
    if (reader.paused()) {
      channel.channel().config().setAutoRead(true);
      reader.resume();
    }
  }

  /** Ends the connection without a word to whoever waits on it but {@link Replies#lost}. */
  public void close() {
    channel.close();
  }

  private void noteFatal(ByteBuf body) {
    ErrorFields error = ServerMessages.errorFields(body.slice());
    String severity = error.get(ErrorFields.SEVERITY_UNTRANSLATED);
    if ("FATAL".equals(severity) || "PANIC".equals(severity)) {
      farewell = error.message();
    }
  }

  private void connectionLost() {
    if (closed) {
      return;
    }
    closed = true;
    reader.end();
    SqlError cause = lostError();
    List<Replies> waiting = List.copyOf(flights);
    flights.clear();
    waiting.forEach(replies -> replies.lost(cause));
    drained();
    onIdleClose.run();
    unsolicited.lost(cause);
  }

  private SqlError lostError() {
    String why = farewell.isEmpty() ? "" : ": " + farewell;
    return new SqlError(
        SqlState.CONNECTION_FAILURE, "connection to server " + address + " was lost" + why);
  }

  private void drained() {
    List<Runnable> handlers = List.copyOf(drainHandlers);
    drainHandlers.clear();
    handlers.forEach(Runnable::run);
  }

  /** What the server says. */
  private final class Incoming implements FrameReader.Sink {
    @Override
    public void rows(Buffer frames) {
      Replies listening = flights.peek();
      if (listening != null) {
        listening.rows(frames);
      }
    }

    @Override
    public void frame(char tag, ByteBuf body) {
      if (tag == 'Z') {
        status = (char) body.getByte(body.readerIndex());
        Replies done = flights.poll();
        if (done != null) {
          done.ready(status);
        }
        return;
      }
      if (tag == 'E') {
        noteFatal(body);
      }
      Replies listening = flights.peek();
      if (listening != null) {
        listening.frame(tag, body);
      } else {
        ServerMessages.tell(unsolicited, tag, body);
      }
    }

    @Override
    public void malformed(String what) {
      farewell = what;
      close();
    }
  }

  /** Stands before the client's own codec, which sees nothing but the end of the connection. */
  private final class FrameHandler extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      context.dispatch((ByteBuf) message, reader::read);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      if (!reader.paused()) {
        context.dispatch(v -> reader.flush());
      }
      ctx.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      Channel socket = ctx.channel();
      if (socket.isWritable()) {
        context.dispatch(v -> drained());
      }
      ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      context.dispatch(v -> connectionLost());
      ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      farewell = String.valueOf(cause.getMessage());
      ctx.close();
    }
  }
}
