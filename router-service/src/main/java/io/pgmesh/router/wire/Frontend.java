package io.pgmesh.router.wire;

import io.pgmesh.contracts.error.SqlError;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * What a client sends after startup.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-message-formats.html">message
 *     formats</a>
 */
public sealed interface Frontend {

  /** What Describe and Close name. */
  enum Target {
    STATEMENT('S'),
    PORTAL('P');

    final char letter;

    Target(char letter) {
      this.letter = letter;
    }

    static Target of(int letter, String message) {
      return switch (letter) {
        case 'S' -> STATEMENT;
        case 'P' -> PORTAL;
        default -> throw In.violation("invalid " + message + " message subtype " + letter);
      };
    }
  }

  record Query(String sql) implements Frontend {}

  record Parse(String statement, String sql, List<Long> types) implements Frontend {}

  record Bind(
      String portal,
      String statement,
      List<Integer> formats,
      List<byte[]> values,
      List<Integer> resultFormats)
      implements Frontend {}

  record Describe(Target target, String name) implements Frontend {}

  record Execute(String portal, int maxRows) implements Frontend {}

  record Close(Target target, String name) implements Frontend {}

  record Flush() implements Frontend {}

  record Sync() implements Frontend {}

  record CopyData(Buffer bytes) implements Frontend {}

  record CopyDone() implements Frontend {}

  record CopyFail(String reason) implements Frontend {}

  /** A password or a SASL message: which one, only the state of authentication tells. */
  record Authentication(Buffer data) implements Frontend {}

  record FunctionCall(Buffer call) implements Frontend {}

  record Terminate() implements Frontend {}

  /** One that cannot be read, which ends no connection: where it begins and ends is known. */
  record Malformed(char tag, SqlError error) implements Frontend {}

  /**
   * @throws SqlError 08P01 for a message of no known type
   */
  static Frontend read(char tag, Buffer body) {
    if (!CODECS.knows(tag)) {
      throw In.violation("invalid frontend message type " + (int) tag);
    }
    try {
      return CODECS.decode(tag, body);
    } catch (SqlError error) {
      return new Malformed(tag, error);
    }
  }

  CodecTable<Frontend> CODECS =
      new CodecTable<>(
          List.of(
              new Codec<>(
                  'Q', Query.class, in -> new Query(in.cstring()), (out, m) -> out.cstring(m.sql)),
              new Codec<>(
                  'P',
                  Parse.class,
                  in -> new Parse(in.cstring(), in.cstring(), in.uint32s()),
                  (out, m) -> out.cstring(m.statement).cstring(m.sql).uint32s(m.types)),
              new Codec<>(
                  'B',
                  Bind.class,
                  in -> new Bind(in.cstring(), in.cstring(), in.int16s(), in.values(), in.int16s()),
                  (out, m) ->
                      out.cstring(m.portal)
                          .cstring(m.statement)
                          .int16s(m.formats)
                          .values(m.values)
                          .int16s(m.resultFormats)),
              new Codec<>(
                  'D',
                  Describe.class,
                  in -> new Describe(Target.of(in.int8(), "DESCRIBE"), in.cstring()),
                  (out, m) -> out.int8(m.target.letter).cstring(m.name)),
              new Codec<>(
                  'E',
                  Execute.class,
                  in -> new Execute(in.cstring(), in.int32()),
                  (out, m) -> out.cstring(m.portal).int32(m.maxRows)),
              new Codec<>(
                  'C',
                  Close.class,
                  in -> new Close(Target.of(in.int8(), "CLOSE"), in.cstring()),
                  (out, m) -> out.int8(m.target.letter).cstring(m.name)),
              Codec.empty('H', Flush.class, new Flush()),
              Codec.empty('S', Sync.class, new Sync()),
              new Codec<>(
                  'd',
                  CopyData.class,
                  in -> new CopyData(in.rest()),
                  (out, m) -> out.buffer(m.bytes)),
              Codec.empty('c', CopyDone.class, new CopyDone()),
              new Codec<>(
                  'f',
                  CopyFail.class,
                  in -> new CopyFail(in.cstring()),
                  (out, m) -> out.cstring(m.reason)),
              new Codec<>(
                  'p',
                  Authentication.class,
                  in -> new Authentication(in.rest()),
                  (out, m) -> out.buffer(m.data)),
              new Codec<>(
                  'F',
                  FunctionCall.class,
                  in -> new FunctionCall(in.rest()),
                  (out, m) -> out.buffer(m.call)),
              Codec.empty('X', Terminate.class, new Terminate())));
}
