package io.pgmesh.executor.worker;

import io.netty.buffer.ByteBuf;
import io.pgmesh.contracts.error.ErrorFields;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Consumer;

/** Reads the few backend messages that the executor must understand. */
public final class ServerMessages {
  private ServerMessages() {}

  /** ErrorResponse or NoticeResponse. */
  public static ErrorFields errorFields(ByteBuf body) {
    var fields = new LinkedHashMap<String, String>();
    while (body.isReadable()) {
      byte type = body.readByte();
      if (type == 0) {
        break;
      }
      fields.put(String.valueOf((char) type), text(body));
    }
    return new ErrorFields(fields);
  }

  /** NoticeResponse, ParameterStatus or NotificationResponse, which may come at any time. */
  static void tell(Listener listener, char tag, ByteBuf body) {
    switch (tag) {
      case 'N' -> listener.notice(errorFields(body));
      case 'S' -> listener.parameter(text(body), text(body));
      case 'A' -> listener.notification(body.readInt(), text(body), text(body));
      default -> {
        // belongs to a flight
      }
    }
  }

  /** A zero-terminated string. */
  public static String text(ByteBuf body) {
    int length = body.bytesBefore((byte) 0);
    String text = body.toString(body.readerIndex(), length, StandardCharsets.UTF_8);
    body.skipBytes(length + 1);
    return text;
  }

  /** The type oids of a ParameterDescription. */
  public static List<Long> parameterTypes(ByteBuf body) {
    int count = body.readUnsignedShort();
    var types = new ArrayList<Long>(count);
    for (int i = 0; i < count; i++) {
      types.add(body.readUnsignedInt());
    }
    return types;
  }

  /** A column as a RowDescription tells it. */
  public record Column(long typeOid, int modifier) {}

  /**
   * @param frame a whole RowDescription or NoData
   */
  public static List<Column> columns(Buffer frame) {
    ByteBuf body = ((BufferInternal) frame).getByteBuf().skipBytes(5);
    var columns = new ArrayList<Column>();
    int count = body.isReadable() ? body.readUnsignedShort() : 0;
    for (int i = 0; i < count; i++) {
      body.skipBytes(body.bytesBefore((byte) 0) + 1 + 6); // name, table and its column
      long typeOid = body.readUnsignedInt();
      body.skipBytes(2); // size
      columns.add(new Column(typeOid, body.readInt()));
      body.skipBytes(2); // format
    }
    return columns;
  }

  /** A copy of the whole message whose body this is. */
  public static Buffer wholeFrame(ByteBuf body) {
    int start = body.readerIndex() - 5;
    byte[] bytes = new byte[body.readableBytes() + 5];
    body.getBytes(start, bytes);
    return Buffer.buffer(bytes);
  }

  /** Calls with the column values of every DataRow message in a batch; NULL is null. */
  public static void eachRow(Buffer frames, Consumer<List<byte[]>> reader) {
    eachBody(frames, body -> reader.accept(row(body)));
  }

  /** Calls with the body of every DataRow message in a batch, valid during the call. */
  public static void eachBody(Buffer frames, Consumer<ByteBuf> reader) {
    ByteBuf bytes = ((BufferInternal) frames).getByteBuf();
    while (bytes.isReadable()) {
      int end = bytes.readerIndex() + bytes.getInt(bytes.readerIndex() + 1) + 1;
      bytes.skipBytes(5);
      reader.accept(bytes);
      bytes.readerIndex(end);
    }
  }

  /** One column's value of a DataRow's body, which stays unread; null for NULL. */
  public static byte[] column(ByteBuf body, int index) {
    int at = body.readerIndex() + 2;
    for (int i = 0; i < index; i++) {
      at += 4 + Math.max(body.getInt(at), 0);
    }
    int length = body.getInt(at);
    if (length < 0) {
      return null;
    }
    byte[] value = new byte[length];
    body.getBytes(at + 4, value);
    return value;
  }

  private static List<byte[]> row(ByteBuf bytes) {
    int count = bytes.readUnsignedShort();
    var values = new ArrayList<byte[]>(count);
    for (int i = 0; i < count; i++) {
      int length = bytes.readInt();
      if (length < 0) {
        values.add(null);
      } else {
        byte[] value = new byte[length];
        bytes.readBytes(value);
        values.add(value);
      }
    }
    return Collections.unmodifiableList(values);
  }
}
