package io.pgmesh.router.session;

import io.pgmesh.router.wire.Backend;
import io.pgmesh.router.wire.Backend.Field;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/** Rewrites RowDescription messages. */
final class RowDescriptions {
  private static final int HEAD = 5; // tag and length

  private RowDescriptions() {}

  /** Whether the message says that no rows will come. */
  static boolean isNoData(Buffer frame) {
    return frame.getByte(0) == 'n';
  }

  /**
   * The same columns in the formats that a Bind asked for.
   *
   * @param formats none, one for all, or one a column
   */
  static Buffer withFormats(Buffer frame, List<Integer> formats) {
    if (isNoData(frame) || formats.stream().allMatch(format -> format == 0)) {
      return frame;
    }
    var fields = new ArrayList<Field>();
    for (Field field : fields(frame)) {
      int format = format(formats, fields.size());
      fields.add(
          new Field(
              field.name(),
              field.tableOid(),
              field.column(),
              field.typeOid(),
              field.size(),
              field.modifier(),
              format));
    }
    return Backend.CODECS.frame(new Backend.RowDescription(fields));
  }

  /** The format of a column, where any is asked for. */
  static int format(List<Integer> formats, int column) {
    return formats.get(formats.size() == 1 ? 0 : Math.min(column, formats.size() - 1));
  }

  /** The columns' types. */
  static List<Long> types(Buffer frame) {
    return isNoData(frame) ? List.of() : fields(frame).stream().map(Field::typeOid).toList();
  }

  private static List<Field> fields(Buffer frame) {
    return ((Backend.RowDescription)
            Backend.CODECS.decode((char) frame.getByte(0), frame.slice(HEAD, frame.length())))
        .fields();
  }
}
