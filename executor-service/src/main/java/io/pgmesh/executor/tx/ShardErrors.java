package io.pgmesh.executor.tx;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A worker's errors under the names that the client knows, without the suffixes of shards. */
public final class ShardErrors {
  private static final String[] FIELDS_WITH_NAMES = {
    ErrorFields.MESSAGE,
    ErrorFields.DETAIL,
    ErrorFields.HINT,
    ErrorFields.WHERE,
    ErrorFields.TABLE,
    ErrorFields.CONSTRAINT
  };
  private static final String FOREIGN_KEY_VIOLATION = "23503";

  /** The other table of a foreign key: a shard that the statement does not name. */
  private static final Pattern OTHER_TABLE =
      Pattern.compile("( table \"(?:(?!\" violates |\" on table ).)+?)_\\d{6,18}\"");

  private static final Pattern SUFFIX = Pattern.compile("_(\\d{6,18})$");

  private ShardErrors() {}

  /**
   * @param shardIds that the statement works on; where none is known, as in DDL on what tables only
   *     use, the table that the error names is a shard: other tables fail in the coordinator
   *     database first
   */
  public static ErrorFields hide(ErrorFields error, Collection<Long> shardIds) {
    Set<Long> hidden = new HashSet<>(shardIds);
    ofTable(error, shardIds.isEmpty(), hidden);
    ErrorFields fields = error;
    for (String field : FIELDS_WITH_NAMES) {
      String value = fields.get(field);
      if (value != null) {
        String name = withoutSuffixes(value, hidden);
        boolean names = fields.code().equals(FOREIGN_KEY_VIOLATION);
        fields = fields.with(field, names ? OTHER_TABLE.matcher(name).replaceAll("$1\"") : name);
      }
    }
    return fields;
  }

  static SqlError hide(Throwable cause, Collection<Long> shardIds) {
    return new SqlError(hide(SqlError.from(cause).fields(), shardIds));
  }

  /** A constraint that has its table's suffix is a shard's: that of a foreign key's other side. */
  private static void ofTable(ErrorFields error, boolean always, Set<Long> hidden) {
    String table = error.get(ErrorFields.TABLE);
    Matcher suffix = table == null ? null : SUFFIX.matcher(table);
    if (suffix != null && suffix.find()) {
      String constraint = error.get(ErrorFields.CONSTRAINT);
      if (always || constraint != null && constraint.endsWith(suffix.group())) {
        hidden.add(Long.parseLong(suffix.group(1)));
      }
    }
  }

  /** The text without {@code _<shardid>} wherever no digit follows. */
  public static String withoutSuffixes(String text, Collection<Long> shardIds) {
    String result = text;
    for (long shardId : shardIds) {
      String suffix = "_" + shardId;
      for (int at = result.indexOf(suffix); at >= 0; at = result.indexOf(suffix, at)) {
        int end = at + suffix.length();
        if (end < result.length() && Character.isDigit(result.charAt(end))) {
          at = end; // a longer number
        } else {
          result = result.substring(0, at) + result.substring(end);
        }
      }
    }
    return result;
  }
}
