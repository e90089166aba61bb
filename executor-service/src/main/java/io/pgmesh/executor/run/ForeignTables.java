package io.pgmesh.executor.run;

import io.pgmesh.contracts.error.ErrorFields;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The foreign tables through which the coordinator database reads distributed tables: they depend
 * on what the tables depend on, and no client has made them.
 */
final class ForeignTables {
  private static final String SCHEMA = "pgmesh_remote.";
  private static final Pattern COUNTED = Pattern.compile("drop cascades to \\d+ other objects");

  private ForeignTables() {}

  /** The same without the lines that list them. */
  static ErrorFields hide(ErrorFields fields) {
    String detail = fields.get(ErrorFields.DETAIL);
    if (detail == null || !detail.contains(SCHEMA)) {
      return fields;
    }
    List<String> kept = detail.lines().filter(line -> !line.contains(SCHEMA)).toList();
    ErrorFields hidden =
        fields.with(ErrorFields.DETAIL, kept.isEmpty() ? null : String.join("\n", kept));
    return COUNTED.matcher(fields.message()).matches() ? counted(hidden, kept) : hidden;
  }

  /** One object alone stands in the message. */
  private static ErrorFields counted(ErrorFields notice, List<String> objects) {
    return objects.size() == 1
        ? notice.with(ErrorFields.MESSAGE, objects.getFirst()).with(ErrorFields.DETAIL, null)
        : notice.with(ErrorFields.MESSAGE, "drop cascades to " + objects.size() + " other objects");
  }
}
