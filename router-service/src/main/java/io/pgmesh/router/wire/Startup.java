package io.pgmesh.router.wire;

import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** The first message of a connection: it has a length but no tag. */
public sealed interface Startup {

  record SslRequest() implements Startup {}

  record GssEncryptionRequest() implements Startup {}

  record CancelRequest(int processId, int secret) implements Startup {}

  /**
   * @param parameters in the client's order
   */
  record StartupMessage(int major, int minor, Map<String, String> parameters) implements Startup {}

  int SSL_CODE = 1234 << 16 | 5679;
  int GSS_CODE = 1234 << 16 | 5680;
  int CANCEL_CODE = 1234 << 16 | 5678;

  /**
   * @param body what follows the length
   * @throws io.pgmesh.contracts.error.SqlError 08P01 bytes missing or left over
   */
  static Startup decode(Buffer body) {
    var in = new In(body);
    int code = in.int32();
    Startup message =
        switch (code) {
          case SSL_CODE -> new SslRequest();
          case GSS_CODE -> new GssEncryptionRequest();
          case CANCEL_CODE -> new CancelRequest(in.int32(), in.int32());
          default -> new StartupMessage(code >>> 16, code & 0xffff, parameters(in));
        };
    in.end();
    return message;
  }

  /** The whole message with its length. */
  static Buffer frame(Startup message) {
    Buffer to = Buffer.buffer().appendInt(0);
    var out = new Out(to);
    switch (message) {
      case SslRequest() -> out.int32(SSL_CODE);
      case GssEncryptionRequest() -> out.int32(GSS_CODE);
      case CancelRequest(int processId, int secret) ->
          out.int32(CANCEL_CODE).int32(processId).int32(secret);
      case StartupMessage(int major, int minor, var parameters) -> {
        out.int32(major << 16 | minor);
        parameters.forEach((name, value) -> out.cstring(name).cstring(value));
        out.int8(0);
      }
    }
    return to.setInt(0, to.length());
  }

  private static Map<String, String> parameters(In in) {
    var parameters = new LinkedHashMap<String, String>();
    for (String name = in.cstring(); !name.isEmpty(); name = in.cstring()) {
      parameters.put(name, in.cstring());
    }
    return parameters;
  }
}
