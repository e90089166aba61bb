package io.pgmesh.router.wire;

import io.pgmesh.contracts.error.ErrorFields;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * What the endpoint sends. Rows are never made from these: they are relayed as the frames that a
 * server sent.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-message-formats.html">message
 *     formats</a>
 */
public sealed interface Backend {

  /**
   * Any of the authentication requests.
   *
   * @param kind 0 ok, 10 SASL, 11 SASL goes on, 12 SASL ends
   */
  record Authentication(int kind, Buffer data) implements Backend {
    public static final Authentication OK = new Authentication(0, Buffer.buffer());

    /** Asks for one of the mechanisms. */
    public static Authentication sasl(List<String> mechanisms) {
      Buffer data = Buffer.buffer();
      var out = new Out(data);
      mechanisms.forEach(out::cstring);
      out.int8(0);
      return new Authentication(10, data);
    }

    public static Authentication saslContinue(String data) {
      return new Authentication(11, Buffer.buffer(data));
    }

    public static Authentication saslFinal(String data) {
      return new Authentication(12, Buffer.buffer(data));
    }
  }

  record BackendKeyData(int processId, int secret) implements Backend {}

  record ParameterStatus(String name, String value) implements Backend {}

  record ReadyForQuery(char transaction) implements Backend {}

  /** One result column. */
  record Field(
      String name, long tableOid, int column, long typeOid, int size, int modifier, int format) {}

  record RowDescription(List<Field> fields) implements Backend {}

  record DataRow(List<byte[]> values) implements Backend {}

  record CommandComplete(String tag) implements Backend {}

  record EmptyQueryResponse() implements Backend {}

  record ErrorResponse(ErrorFields error) implements Backend {}

  record NoticeResponse(ErrorFields notice) implements Backend {}

  record NotificationResponse(int processId, String name, String payload) implements Backend {}

  record ParseComplete() implements Backend {}

  record BindComplete() implements Backend {}

  record CloseComplete() implements Backend {}

  record ParameterDescription(List<Long> types) implements Backend {}

  record NoData() implements Backend {}

  record PortalSuspended() implements Backend {}

  record CopyInResponse(int format, List<Integer> columnFormats) implements Backend {}

  record CopyOutResponse(int format, List<Integer> columnFormats) implements Backend {}

  record CopyData(Buffer bytes) implements Backend {}

  record CopyDone() implements Backend {}

  record NegotiateProtocolVersion(int newestMinor, List<String> unknownOptions)
      implements Backend {}

  CodecTable<Backend> CODECS =
      new CodecTable<>(
          List.of(
              new Codec<>(
                  'R',
                  Authentication.class,
                  in -> new Authentication(in.int32(), in.rest()),
                  (out, m) -> out.int32(m.kind).buffer(m.data)),
              new Codec<>(
                  'K',
                  BackendKeyData.class,
                  in -> new BackendKeyData(in.int32(), in.int32()),
                  (out, m) -> out.int32(m.processId).int32(m.secret)),
              new Codec<>(
                  'S',
                  ParameterStatus.class,
                  in -> new ParameterStatus(in.cstring(), in.cstring()),
                  (out, m) -> out.cstring(m.name).cstring(m.value)),
              new Codec<>(
                  'Z',
                  ReadyForQuery.class,
                  in -> new ReadyForQuery((char) in.int8()),
                  (out, m) -> out.int8(m.transaction)),
              new Codec<>(
                  'T',
                  RowDescription.class,
                  in -> new RowDescription(in.list(in.int16(), () -> readField(in))),
                  (out, m) -> out.list(m.fields, field -> writeField(out, field))),
              new Codec<>(
                  'D',
                  DataRow.class,
                  in -> new DataRow(in.values()),
                  (out, m) -> out.values(m.values)),
              new Codec<>(
                  'C',
                  CommandComplete.class,
                  in -> new CommandComplete(in.cstring()),
                  (out, m) -> out.cstring(m.tag)),
              Codec.empty('I', EmptyQueryResponse.class, new EmptyQueryResponse()),
              new Codec<>(
                  'E',
                  ErrorResponse.class,
                  in -> new ErrorResponse(readFields(in)),
                  (out, m) -> writeFields(out, m.error)),
              new Codec<>(
                  'N',
                  NoticeResponse.class,
                  in -> new NoticeResponse(readFields(in)),
                  (out, m) -> writeFields(out, m.notice)),
              new Codec<>(
                  'A',
                  NotificationResponse.class,
                  in -> new NotificationResponse(in.int32(), in.cstring(), in.cstring()),
                  (out, m) -> out.int32(m.processId).cstring(m.name).cstring(m.payload)),
              Codec.empty('1', ParseComplete.class, new ParseComplete()),
              Codec.empty('2', BindComplete.class, new BindComplete()),
              Codec.empty('3', CloseComplete.class, new CloseComplete()),
              new Codec<>(
                  't',
                  ParameterDescription.class,
                  in -> new ParameterDescription(in.uint32s()),
                  (out, m) -> out.uint32s(m.types)),
              Codec.empty('n', NoData.class, new NoData()),
              Codec.empty('s', PortalSuspended.class, new PortalSuspended()),
              new Codec<>(
                  'G',
                  CopyInResponse.class,
                  in -> new CopyInResponse(in.int8(), in.int16s()),
                  (out, m) -> out.int8(m.format).int16s(m.columnFormats)),
              new Codec<>(
                  'H',
                  CopyOutResponse.class,
                  in -> new CopyOutResponse(in.int8(), in.int16s()),
                  (out, m) -> out.int8(m.format).int16s(m.columnFormats)),
              new Codec<>(
                  'd',
                  CopyData.class,
                  in -> new CopyData(in.rest()),
                  (out, m) -> out.buffer(m.bytes)),
              Codec.empty('c', CopyDone.class, new CopyDone()),
              new Codec<>(
                  'v',
                  NegotiateProtocolVersion.class,
                  in -> new NegotiateProtocolVersion(in.int32(), in.list(in.int32(), in::cstring)),
                  (out, m) -> {
                    out.int32(m.newestMinor).int32(m.unknownOptions.size());
                    m.unknownOptions.forEach(out::cstring);
                  })));

  private static Field readField(In in) {
    return new Field(
        in.cstring(),
        in.uint32(),
        in.int16(),
        in.uint32(),
        (short) in.int16(),
        in.int32(),
        in.int16());
  }

  private static void writeField(Out out, Field field) {
    out.cstring(field.name)
        .uint32(field.tableOid)
        .int16(field.column)
        .uint32(field.typeOid)
        .int16(field.size)
        .int32(field.modifier)
        .int16(field.format);
  }

  private static ErrorFields readFields(In in) {
    var fields = new LinkedHashMap<String, String>();
    for (int type = in.int8(); type != 0; type = in.int8()) {
      fields.put(String.valueOf((char) type), in.cstring());
    }
    return new ErrorFields(fields);
  }

  private static void writeFields(Out out, ErrorFields error) {
    error.fields().forEach((type, value) -> out.int8(type.charAt(0)).cstring(value));
    out.int8(0);
  }
}
