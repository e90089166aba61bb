package io.pgmesh.router.session;

import java.util.Optional;
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
   * @param readOnly what was said before; empty where nothing was
   * @param sql BEGIN, SET TRANSACTION or another SET
   */
  static Optional<Boolean> after(Optional<Boolean> readOnly, String sql) {
    if (READ_ONLY.matcher(sql).find()) {
      return Optional.of(true);
    }
    return READ_WRITE.matcher(sql).find() ? Optional.of(false) : readOnly;
  }
}
