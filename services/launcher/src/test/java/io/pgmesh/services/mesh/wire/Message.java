package io.pgmesh.services.mesh.wire;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A frontend message being written; a tag of 0 is a message without one. */
final class Message {
  private final char tag;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  Message() {
    this((char) 0);
  }

  Message(char tag) {
    this.tag = tag;
  }

  Message int8(int value) {
    body.write(value);
    return this;
  }

  Message int16(int value) {
    return int8(value >> 8).int8(value);
  }

  Message int32(int value) {
    return int16(value >> 16).int16(value);
  }

  Message text(String value) {
    return bytes(value.getBytes(StandardCharsets.UTF_8)).int8(0);
  }

  Message bytes(byte[] value) {
    body.writeBytes(value);
    return this;
  }

  Message value(String value) {
    if (value == null) {
      return int32(-1);
    }
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return int32(bytes.length).bytes(bytes);
  }

  int size() {
    return body.size();
  }

  void writeTo(DataOutputStream out) throws IOException {
    body.writeTo(out);
  }

  void send(DataOutputStream out) throws IOException {
    out.writeByte(tag);
    out.writeInt(body.size() + 4);
    body.writeTo(out);
  }
}
