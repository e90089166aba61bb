package io.pgmesh.router.session;

import java.util.regex.Pattern;

/** Whether the open transaction may write, as far as the client's BEGIN and SET tell. */
final class ReadOnlyMode {
  private static final Pattern READ_ONLY =
      Pattern.compile(
          "\\bread\\s+only\\b|\\btransaction_read_only\\s*(=|to)\\s*'?(on|true|yes|1)\\b",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern READ_WRITE =
      Pattern.compile(
          "\\bread\\s+write\\b|\\btransaction_read_only\\s*(=|to)\\s*'?(off|false|no|0)\\b",
          Pattern.CASE_INSENSITIVE);

  private ReadOnlyMode() {}

  /**
   * @param sql BEGIN, SET TRANSACTION or another SET
   */
  static boolean after(boolean readOnly, String sql) {
    if (READ_ONLY.matcher(sql).find()) {
      return true;
    }
    return readOnly && !READ_WRITE.matcher(sql).find();
  }
}
