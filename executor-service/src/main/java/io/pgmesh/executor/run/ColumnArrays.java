package io.pgmesh.executor.run;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgmesh.executor.worker.ServerMessages;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/**
 * DataRow messages with text values, turned into one binary {@code text[]} a column: both write a
 * value as its length and its bytes.
 */
final class ColumnArrays {
  static final long TYPE = 1009;
  private static final int ELEMENT_TYPE = 25;
  private static final int HEAD_BYTES = 20;

  private final List<ByteBuf> columns = new ArrayList<>();
  private int rows;

  private ColumnArrays(int count) {
    for (int i = 0; i < count; i++) {
      columns.add(Unpooled.buffer(256).writeZero(HEAD_BYTES));
    }
  }

  static List<byte[]> of(List<Buffer> batches, int columns) {
    var arrays = new ColumnArrays(columns);
    batches.forEach(batch -> ServerMessages.eachBody(batch, arrays::row));
    return arrays.columns.stream().map(arrays::whole).toList();
  }

  private void row(ByteBuf in) {
    rows++;
    in.skipBytes(2);
    for (ByteBuf column : columns) {
      int bytes = in.readInt();
      column.writeInt(bytes);
      if (bytes > 0) {
        column.writeBytes(in, bytes);
      }
    }
  }

  private byte[] whole(ByteBuf column) {
    column.setInt(0, rows == 0 ? 0 : 1); // dimensions
    column.setInt(4, 1); // there may be NULLs
    column.setInt(8, ELEMENT_TYPE);
    column.setInt(12, rows);
    column.setInt(16, 1); // the first index
    byte[] bytes = new byte[rows == 0 ? 12 : column.readableBytes()];
    column.getBytes(0, bytes);
    return bytes;
  }
}
