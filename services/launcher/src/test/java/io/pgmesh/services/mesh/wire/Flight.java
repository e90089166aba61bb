package io.pgmesh.services.mesh.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Messages that are sent at once; parameters and rows are text unless told otherwise. */
public final class Flight {
  private final List<Message> messages = new ArrayList<>();

  List<Message> messages() {
    return messages;
  }

  public Flight query(String sql) {
    return add(new Message('Q').text(sql));
  }

  /** Parse, with types of parameters. */
  public Flight parse(String statement, String sql, int... types) {
    var message = new Message('P').text(statement).text(sql).int16(types.length);
    for (int type : types) {
      message.int32(type);
    }
    return add(message);
  }

  public Flight bind(String portal, String statement, String... values) {
    return bind(portal, statement, 0, values);
  }

  /**
   * @param format of the rows: 1 is binary
   */
  public Flight bind(String portal, String statement, int format, String... values) {
    var message = new Message('B').text(portal).text(statement).int16(0).int16(values.length);
    for (String value : values) {
      message.value(value);
    }
    return add(message.int16(1).int16(format));
  }

  /**
   * Bind to the unnamed portal.
   *
   * @param format of the parameter
   */
  public Flight bindValue(int format, byte[] value) {
    var message = new Message('B').text("").text("").int16(1).int16(format).int16(1);
    return add(message.int32(value.length).bytes(value).int16(0));
  }

  public Flight describeStatement(String name) {
    return add(new Message('D').int8('S').text(name));
  }

  public Flight describePortal(String name) {
    return add(new Message('D').int8('P').text(name));
  }

  public Flight execute(String portal, int maxRows) {
    return add(new Message('E').text(portal).int32(maxRows));
  }

  public Flight closePortal(String name) {
    return add(new Message('C').int8('P').text(name));
  }

  public Flight closeStatement(String name) {
    return add(new Message('C').int8('S').text(name));
  }

  public Flight flush() {
    return add(new Message('H'));
  }

  public Flight sync() {
    return add(new Message('S'));
  }

  /** A message with a body of whatever bytes. */
  public Flight raw(char tag, byte[] body) {
    return add(new Message(tag).bytes(body));
  }

  private Flight add(Message message) {
    messages.add(message);
    return this;
  }

  /** One line about a message of the server: its tag and what clients see of it. */
  static String summary(char tag, ByteBuffer body) {
    return switch (tag) {
      case 'E', 'N' -> {
        var fields = Fields.ofError(body);
        yield tag + " " + fields.get("C") + " " + fields.get("M") + " at " + fields.get("P");
      }
      case 'C' -> "C " + Fields.text(body);
      case 'D' -> "D " + row(body);
      case 'T' -> "T " + columns(body);
      case 't' -> "t " + HexFormat.of().formatHex(body.array());
      case 'Z' -> "Z " + (char) body.get();
      default -> String.valueOf(tag);
    };
  }

  private static List<String> columns(ByteBuffer body) {
    var columns = new ArrayList<String>();
    for (int left = body.getShort(); left > 0; left--) {
      String name = Fields.text(body);
      body.getInt(); // table
      body.getShort(); // attribute
      int type = body.getInt();
      body.getShort(); // length follows from the type
      columns.add(name + ":" + type + ":" + body.getInt() + ":" + body.getShort());
    }
    return columns;
  }

  /** Values as text where they look like it, else as digits. */
  private static List<String> row(ByteBuffer body) {
    var values = new ArrayList<String>();
    for (int left = body.getShort(); left > 0; left--) {
      int length = body.getInt();
      if (length < 0) {
        values.add(null);
      } else {
        var bytes = new byte[length];
        body.get(bytes);
        var text = new String(bytes, StandardCharsets.UTF_8);
        boolean readable = text.chars().allMatch(c -> c >= ' ' && c < 0xFFFD);
        values.add(readable ? text : "0x" + HexFormat.of().formatHex(bytes));
      }
    }
    return values;
  }
}
