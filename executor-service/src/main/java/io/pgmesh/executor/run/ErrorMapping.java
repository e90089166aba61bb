package io.pgmesh.executor.run;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.executor.tx.ShardErrors;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A server's error as if one database had raised it. */
final class ErrorMapping {
  private static final List<String> FIELDS_WITH_NAMES =
      List.of(
          ErrorFields.MESSAGE,
          ErrorFields.DETAIL,
          ErrorFields.HINT,
          ErrorFields.WHERE,
          ErrorFields.TABLE,
          ErrorFields.CONSTRAINT);
  private static final String REMOTE_CONTEXT = "remote SQL command: ";
  private static final String FOREIGN_KEY_VIOLATION = "23503";

  /** Of a shard's table or constraint, quoted or by itself. */
  private static final Pattern ANY_SUFFIX = Pattern.compile("_\\d{6,}(?=\"|$)");

  private ErrorMapping() {}

  /** An error of a function of the mesh's own, which the client has not called. */
  static SqlError withoutContext(Throwable cause) {
    return new SqlError(SqlError.from(cause).fields().with(ErrorFields.WHERE, null));
  }

  /** An error of a statement in the coordinator database. */
  static SqlError ofText(SqlText sql, Throwable cause) {
    return new SqlError(
        ForeignTables.hide(withoutRemoteContext(position(sql, SqlError.from(cause).fields()))));
  }

  /** An error of a statement on shards: their suffixes are taken out of all names. */
  static SqlError ofTask(Task task, Throwable cause) {
    ErrorFields fields = position(task.sql(), SqlError.from(cause).fields());
    return new SqlError(ShardErrors.hide(fields, task.shardIds()));
  }

  /** An error of a change of replicas: shards object by constraints that nobody has named. */
  static SqlError ofReplica(Throwable cause) {
    ErrorFields fields = SqlError.from(cause).fields();
    for (String field : FIELDS_WITH_NAMES) {
      String value = fields.get(field);
      if (value != null && fields.code().equals(FOREIGN_KEY_VIOLATION)) {
        fields = fields.with(field, ANY_SUFFIX.matcher(value).replaceAll(""));
      }
    }
    return new SqlError(fields.with(ErrorFields.WHERE, null).with(ErrorFields.POSITION, null));
  }

  /** A notice of a statement on shards. */
  static ErrorFields notice(Task task, ErrorFields notice) {
    return ofTask(task, new SqlError(notice)).fields();
  }

  private static ErrorFields position(SqlText sql, ErrorFields fields) {
    String position = fields.get(ErrorFields.POSITION);
    if (position == null) {
      return fields;
    }
    int original = sql.originalPosition(Integer.parseInt(position));
    return fields.with(ErrorFields.POSITION, original <= 0 ? null : String.valueOf(original));
  }

  /** What postgres_fdw adds tells of the mesh's inside, not of the client's statement. */
  private static ErrorFields withoutRemoteContext(ErrorFields fields) {
    String where = fields.get(ErrorFields.WHERE);
    if (where == null || !where.contains(REMOTE_CONTEXT)) {
      return fields;
    }
    String kept =
        where
            .lines()
            .filter(line -> !line.startsWith(REMOTE_CONTEXT))
            .collect(Collectors.joining("\n"));
    return fields.with(ErrorFields.WHERE, kept.isEmpty() ? null : kept);
  }
}
