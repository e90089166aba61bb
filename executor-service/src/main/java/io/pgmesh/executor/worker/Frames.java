package io.pgmesh.executor.worker;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.pgmesh.contracts.plan.Arguments;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Frontend messages, written one behind the other into one buffer.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-message-formats.html">the
 *     formats</a>
 */
public final class Frames {
  private final ByteBuf out = PooledByteBufAllocator.DEFAULT.buffer(512);
  private int lengthAt;

  public Frames query(String sql) {
    begin('Q').text(sql);
    return end();
  }

  /** Parse; types that only the coordinator database knows are left to the server. */
  public Frames parse(String name, String sql, List<Long> types) {
    begin('P').text(name).text(sql);
    out.writeShort(types.size());
    types.forEach(
        type -> out.writeInt(type >= ParameterTypes.FIRST_USER_OID ? 0 : type.intValue()));
    return end();
  }

  /** Parse by the coordinator database, which knows all types. */
  public Frames parseWithTypes(String name, String sql, List<Long> types) {
    begin('P').text(name).text(sql);
    out.writeShort(types.size());
    types.forEach(type -> out.writeInt(type.intValue()));
    return end();
  }

  /**
   * Parse of a text that may use only some of the statement's parameters, as the part of an INSERT
   * for one shard does: those that it does not use get a type of their own, since a server cannot
   * infer one.
   */
  public Frames parse(String name, String sql, Arguments arguments) {
    return parse(name, sql, ParameterTypes.of(sql, arguments));
  }

  public Frames bind(String portal, String statement, Arguments arguments) {
    begin('B').text(portal).text(statement);
    shorts(arguments.formats());
    out.writeShort(arguments.values().size());
    arguments.values().forEach(this::value);
    shorts(arguments.resultFormats());
    return end();
  }

  public Frames describePortal(String portal) {
    return named('D', 'P', portal);
  }

  public Frames describeStatement(String statement) {
    return named('D', 'S', statement);
  }

  /**
   * @param maxRows 0 for all
   */
  public Frames execute(String portal, int maxRows) {
    begin('E').text(portal);
    out.writeInt(maxRows);
    return end();
  }

  public Frames closePortal(String portal) {
    return named('C', 'P', portal);
  }

  public Frames closeStatement(String statement) {
    return named('C', 'S', statement);
  }

  public Frames sync() {
    begin('S');
    return end();
  }

  public Frames copyDone() {
    begin('c');
    return end();
  }

  public Frames copyFail(String reason) {
    begin('f').text(reason);
    return end();
  }

  /** A CopyData message with these bytes, which are consumed. */
  public Frames copyData(ByteBuf bytes) {
    begin('d');
    out.writeBytes(bytes);
    return end();
  }

  public Frames copyData(byte[] bytes, int from, int length) {
    begin('d');
    out.writeBytes(bytes, from, length);
    return end();
  }

  /** Parse, Bind, Execute of a statement whose rows are all wanted. */
  public Frames run(String sql, Arguments arguments) {
    return parse("", sql, arguments).bind("", "", arguments).execute("", 0);
  }

  /** Behind these the other ones, which are used up. */
  Frames then(Frames others) {
    out.writeBytes(others.out);
    others.out.release();
    return this;
  }

  /** The bytes written; the caller sends or releases them. */
  ByteBuf bytes() {
    return out;
  }

  private Frames named(char tag, char kind, String name) {
    begin(tag);
    out.writeByte(kind);
    return text(name).end();
  }

  private Frames begin(char tag) {
    out.writeByte(tag);
    lengthAt = out.writerIndex();
    out.writeInt(0);
    return this;
  }

  private Frames end() {
    out.setInt(lengthAt, out.writerIndex() - lengthAt);
    return this;
  }

  private Frames text(String text) {
    out.writeCharSequence(text, StandardCharsets.UTF_8);
    out.writeByte(0);
    return this;
  }

  private void shorts(List<Integer> values) {
    out.writeShort(values.size());
    values.forEach(out::writeShort);
  }

  private void value(byte[] value) {
    if (value == null) {
      out.writeInt(-1);
    } else {
      out.writeInt(value.length);
      out.writeBytes(value);
    }
  }
}
