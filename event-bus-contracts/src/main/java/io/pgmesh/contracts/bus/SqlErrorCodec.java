package io.pgmesh.contracts.bus;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;

/** A failure on the wire between nodes: its fields, as {@link RecordCodec} writes them. */
final class SqlErrorCodec implements MessageCodec<SqlError, SqlError> {
  private final RecordCodec<ErrorFields> fields = new RecordCodec<>(ErrorFields.class);

  @Override
  public void encodeToWire(Buffer out, SqlError error) {
    fields.encodeToWire(out, error.fields());
  }

  @Override
  public SqlError decodeFromWire(int at, Buffer in) {
    return new SqlError(fields.decodeFromWire(at, in));
  }

  @Override
  public SqlError transform(SqlError error) {
    return error;
  }

  @Override
  public String name() {
    return SqlError.class.getName();
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }
}
