package io.pgmesh.router.wire;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/** The client's first SASL message, in the body of a {@link Frontend.Authentication}. */
public record SaslInitialResponse(String mechanism, String data) {

  /**
   * @throws io.pgmesh.contracts.error.SqlError 08P01 malformed, or a mechanism that was not offered
   */
  public static SaslInitialResponse decode(Buffer body) {
    var in = new In(body);
    String mechanism = in.cstring();
    if (!mechanism.equals(ScramServer.MECHANISM)) {
      throw In.violation("client selected an invalid SASL authentication mechanism");
    }
    byte[] data = in.value();
    in.end();
    return new SaslInitialResponse(
        mechanism, data == null ? "" : new String(data, StandardCharsets.UTF_8));
  }

  /** The body of the message. */
  public Buffer encode() {
    Buffer body = Buffer.buffer();
    new Out(body).cstring(mechanism).value(data.getBytes(StandardCharsets.UTF_8));
    return body;
  }
}
