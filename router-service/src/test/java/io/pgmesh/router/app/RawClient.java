package io.pgmesh.router.app;

import io.pgmesh.router.wire.Backend;
import io.pgmesh.router.wire.Frontend;
import io.pgmesh.router.wire.Startup;
import io.vertx.core.buffer.Buffer;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Speaks the protocol message by message, rightly or wrongly. */
final class RawClient implements AutoCloseable {
  private final Socket socket;
  private final DataInputStream in;

  RawClient(int port) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(15_000);
    in = new DataInputStream(socket.getInputStream());
  }

  /** A client that has got to its first ReadyForQuery. */
  static RawClient ready(int port) throws IOException {
    var client = new RawClient(port);
    client.send(
        Startup.frame(
            new Startup.StartupMessage(3, 0, Map.of("user", "postgres", "database", "postgres"))));
    client.untilReady();
    return client;
  }

  void send(Buffer bytes) throws IOException {
    socket.getOutputStream().write(bytes.getBytes());
  }

  void send(Frontend... messages) throws IOException {
    Buffer bytes = Buffer.buffer();
    for (Frontend message : messages) {
      Frontend.CODECS.encode(bytes, message);
    }
    send(bytes);
  }

  Backend receive() throws IOException {
    char tag = (char) in.readUnsignedByte();
    byte[] body = new byte[in.readInt() - 4];
    in.readFully(body);
    return Backend.CODECS.decode(tag, Buffer.buffer(body));
  }

  /** Messages up to ReadyForQuery, which is included. */
  List<Backend> untilReady() throws IOException {
    var messages = new ArrayList<Backend>();
    do {
      messages.add(receive());
    } while (!(messages.getLast() instanceof Backend.ReadyForQuery));
    return messages;
  }

  /** What {@link #untilReady} says, each message as one word. */
  List<String> summaryUntilReady() throws IOException {
    return untilReady().stream().map(RawClient::summary).toList();
  }

  static String summary(Backend message) {
    return switch (message) {
      case Backend.ErrorResponse(var error) -> "Error " + error.code();
      case Backend.CommandComplete(String tag) -> tag;
      case Backend.DataRow(var values) ->
          "Row" + values.stream().map(v -> v == null ? "null" : new String(v)).toList();
      case Backend.ReadyForQuery(char transaction) -> "Ready " + transaction;
      default -> message.getClass().getSimpleName();
    };
  }

  /** Whether the server has hung up. */
  boolean closed() throws IOException {
    try {
      return in.read() < 0;
    } catch (EOFException | java.net.SocketException e) {
      return true;
    }
  }

  int readByte() throws IOException {
    return in.read();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
