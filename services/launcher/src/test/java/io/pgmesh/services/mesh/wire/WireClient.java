package io.pgmesh.services.mesh.wire;

import io.pgmesh.services.mesh.wire.Reply.Command;
import io.pgmesh.services.mesh.wire.Reply.CopyOut;
import io.pgmesh.services.mesh.wire.Reply.Empty;
import io.pgmesh.services.mesh.wire.Reply.Failure;
import io.pgmesh.services.mesh.wire.Reply.Field;
import io.pgmesh.services.mesh.wire.Reply.Result;
import io.pgmesh.services.mesh.wire.Reply.Rows;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A blocking client of the Postgres protocol that hides nothing: every field, tag, notice and
 * status as the server sent it. One thread.
 */
public final class WireClient implements AutoCloseable {
  private static final int PROTOCOL_3_0 = 196608;

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;
  private List<Field> described = List.of();

  private WireClient(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 64 * 1024));
    this.out = new DataOutputStream(socket.getOutputStream());
  }

  /** Connects without a password; an answer later than the timeout is a failure. */
  public static WireClient connect(Endpoint endpoint, Duration answerWithin) {
    try {
      var socket = new Socket(endpoint.host(), endpoint.port());
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) answerWithin.toMillis());
      var client = new WireClient(socket);
      client.startup(endpoint);
      return client;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot connect to " + endpoint, e);
    }
  }

  private void startup(Endpoint endpoint) throws IOException {
    var body = new Message();
    body.int32(PROTOCOL_3_0);
    for (String text :
        List.of(
            "user",
            endpoint.user(),
            "database",
            endpoint.database(),
            "client_encoding",
            "UTF8",
            "")) {
      body.text(text);
    }
    out.writeInt(body.size() + 4);
    body.writeTo(out);
    Reply reply = receive(List.of(), false);
    if (reply.failure() != null) {
      throw new IOException("refused: " + reply.failure().fields());
    }
  }

  /** Sends a simple query; {@code copyLines} answer a COPY FROM STDIN. */
  public Reply simple(String sql, List<String> copyLines) {
    described = List.of();
    return exchange(List.of(new Message('Q').text(sql)), copyLines, false);
  }

  /** Sends a simple query and reads nothing of what is answered. */
  public void ask(String sql) {
    try {
      new Message('Q').text(sql).send(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Reply simple(String sql) {
    return simple(sql, List.of());
  }

  /**
   * Runs one statement by the extended protocol: Parse, then Bind, Describe and Execute for every
   * row of arguments, all in one flight up to Sync.
   *
   * @param arguments rows of parameter values as text; one empty row for a statement without any
   * @param fetch row limit of each Execute, 0 for none
   */
  public Reply extended(
      String sql,
      List<List<String>> arguments,
      boolean binaryResults,
      int fetch,
      List<String> copyLines) {
    described = List.of();
    var flight = new ArrayList<Message>();
    flight.add(new Message('P').text("").text(sql).int16(0));
    flight.add(new Message('D').int8('S').text(""));
    for (List<String> row : arguments) {
      var bind = new Message('B').text("").text("").int16(0).int16(row.size());
      row.forEach(bind::value);
      flight.add(bind.int16(1).int16(binaryResults ? 1 : 0));
      flight.add(new Message('D').int8('P').text(""));
      // a portal lives until Sync: its later rows are asked for in the same flight
      int executions = fetch == 0 ? 1 : 3;
      for (int i = 0; i < executions; i++) {
        flight.add(new Message('E').text("").int32(i == executions - 1 ? 0 : fetch));
      }
    }
    flight.add(new Message('S'));
    return exchange(flight, copyLines, true);
  }

  /** Runs one statement with binary parameters; its rows are text. */
  public Reply withBinary(String sql, List<byte[]> parameters) {
    described = List.of();
    var bind = new Message('B').text("").text("").int16(1).int16(1).int16(parameters.size());
    parameters.forEach(value -> bind.int32(value.length).bytes(value));
    return exchange(
        List.of(
            new Message('P').text("").text(sql).int16(0),
            bind.int16(0),
            new Message('D').int8('P').text(""),
            new Message('E').text("").int32(0),
            new Message('S')),
        List.of(),
        true);
  }

  /** Sends all of a flight, and says what each message up to ReadyForQuery was. */
  public List<String> answersTo(Flight flight) {
    try {
      send(flight.messages());
      var answers = new ArrayList<String>();
      while (answers.isEmpty() || !answers.getLast().startsWith("Z")) {
        char tag = (char) in.readUnsignedByte();
        var bytes = new byte[in.readInt() - 4];
        in.readFully(bytes);
        answers.add(Flight.summary(tag, ByteBuffer.wrap(bytes)));
        if (tag == 'G') {
          send(List.of(new Message('f').text("no data given")));
        }
      }
      return answers;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void send(List<Message> flight) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var data = new DataOutputStream(bytes);
    for (Message message : flight) {
      message.send(data);
    }
    out.write(bytes.toByteArray());
    out.flush();
  }

  private Reply exchange(List<Message> flight, List<String> copyLines, boolean extended) {
    try {
      send(flight);
      return receive(copyLines, extended);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Reply receive(List<String> copyLines, boolean extended) throws IOException {
    var results = new ArrayList<Result>();
    var notices = new ArrayList<Map<String, String>>();
    var settings = new ArrayList<String>();
    var parameterTypes = new ArrayList<Integer>();
    var rows = new ArrayList<List<String>>();
    var copied = new ByteArrayOutputStream();
    boolean copying = false;
    while (true) {
      char tag = (char) in.readUnsignedByte();
      var bytes = new byte[in.readInt() - 4];
      in.readFully(bytes);
      var body = ByteBuffer.wrap(bytes);
      switch (tag) {
        case 't' -> {
          for (int left = body.getShort(); left > 0; left--) {
            parameterTypes.add(body.getInt());
          }
        }
        case 'T' -> described = fields(body);
        case 'n' -> described = List.of();
        case 'D' -> rows.add(values(body));
        case 'C', 's' -> {
          String done = tag == 's' ? "suspended" : Fields.text(body);
          results.add(result(done, rows, copying ? copied : null));
          rows.clear();
          copying = false;
        }
        case 'I' -> results.add(new Empty());
        case 'E' -> {
          results.add(new Failure(Fields.ofError(body)));
          rows.clear();
        }
        case 'N' -> notices.add(Fields.ofError(body));
        case 'S' -> settings.add(Fields.text(body) + "=" + Fields.text(body));
        case 'G' -> sendCopy(copyLines, extended);
        case 'H' -> copying = true;
        case 'd' -> copied.write(bytes);
        case 'Z' -> {
          return new Reply(results, notices, settings, parameterTypes, (char) body.get());
        }
        case 'R' -> {
          if (body.getInt() != 0) {
            throw new IOException("a password is asked for");
          }
        }
        default -> {} // ParseComplete, BindComplete, BackendKeyData, …: nothing to compare
      }
    }
  }

  private Result result(String tag, List<List<String>> rows, ByteArrayOutputStream copied) {
    if (copied != null) {
      String text = copied.toString(StandardCharsets.UTF_8);
      copied.reset();
      return new CopyOut(text.lines().toList(), tag);
    }
    return described.isEmpty() && rows.isEmpty() && !tag.startsWith("SELECT")
        ? new Command(tag)
        : new Rows(described, List.copyOf(rows), tag);
  }

  private void sendCopy(List<String> lines, boolean extended) throws IOException {
    if (lines.isEmpty()) {
      new Message('f').text("no data given").send(out);
    } else {
      var data = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
      new Message('d').bytes(data).send(out);
      new Message('c').send(out);
    }
    if (extended) {
      new Message('S').send(out); // the one that followed Execute is gone: COPY ignores it
    }
    out.flush();
  }

  private static List<Field> fields(ByteBuffer body) {
    var fields = new ArrayList<Field>();
    int count = body.getShort();
    for (int i = 0; i < count; i++) {
      String name = Fields.text(body);
      body.getInt(); // table
      body.getShort(); // attribute
      int type = body.getInt();
      body.getShort(); // length follows from the type
      int modifier = body.getInt();
      fields.add(new Field(name, type, modifier, body.getShort()));
    }
    return fields;
  }

  private List<String> values(ByteBuffer body) {
    var values = new ArrayList<String>();
    int count = body.getShort();
    for (int i = 0; i < count; i++) {
      int length = body.getInt();
      if (length < 0) {
        values.add(null);
      } else {
        var bytes = new byte[length];
        body.get(bytes);
        boolean binary = i < described.size() && described.get(i).format() == 1;
        values.add(
            binary ? HexFormat.of().formatHex(bytes) : new String(bytes, StandardCharsets.UTF_8));
      }
    }
    return values;
  }

  /** Whether the server has closed the connection; waits for it up to the timeout. */
  public boolean closedByServer() {
    try {
      while (true) {
        in.readByte();
      }
    } catch (EOFException e) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    try (socket) {
      new Message('X').send(out);
    } catch (IOException e) {
      // it is gone already
    }
  }
}
