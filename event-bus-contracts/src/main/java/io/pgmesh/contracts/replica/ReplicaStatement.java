package io.pgmesh.contracts.replica;

import static io.pgmesh.contracts.catalog.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.replica.ReplicaTable.Column;
import io.pgmesh.contracts.replica.ReplicaTable.Fill;
import java.util.List;
import java.util.function.Predicate;

/**
 * The SQL that repeats changes on a replica. Rows travel as text and are read by the replica's own
 * row type, so every type is exact and none needs to be known here.
 *
 * @param sql its parameters are row images: one {@code text[]} for {@link Kind#ROWS}, else one
 *     {@code text} per image
 */
public record ReplicaStatement(Kind kind, String sql) {

  /** How a statement takes its rows. */
  public enum Kind {
    /** Any number of rows at once. */
    ROWS,
    /** One row, which must exist, at a time. */
    ONE_ROW,
    /** The whole table. */
    TABLE,
    /** No statement: the replica has none of the columns that changed. */
    NOTHING
  }

  /** Repeats changes of this shape on this replica. */
  public static ReplicaStatement of(ReplicaTable table, RowChange change) {
    return switch (change.operation()) {
      case INSERT -> insert(table, change.columns());
      case UPDATE -> update(table, change.columns());
      case DELETE -> delete(table, change.columns());
      // TRUNCATE would be refused wherever a foreign key points here, and would block readers
      case TRUNCATE -> new ReplicaStatement(Kind.TABLE, "DELETE FROM ONLY " + table.quotedName());
    };
  }

  /** The parameters of one change, images in the replica's own shape. */
  public static List<String> parameters(ReplicaTable table, RowChange change) {
    var columns = table.columnNames();
    return switch (change.operation()) {
      case INSERT -> List.of(RowImage.reshape(change.newRow(), change.columns(), columns));
      case UPDATE ->
          List.of(
              before(table, change), RowImage.reshape(change.newRow(), change.columns(), columns));
      case DELETE -> List.of(before(table, change));
      case TRUNCATE -> List.of();
    };
  }

  private static ReplicaStatement insert(ReplicaTable table, List<String> given) {
    var names = names(table, given, column -> column.fill() != Fill.EXPRESSION);
    return new ReplicaStatement(
        Kind.ROWS,
        """
        INSERT INTO %1$s (%2$s) OVERRIDING SYSTEM VALUE
        SELECT %3$s FROM (
          SELECT u.image::%1$s AS image
          FROM unnest($1::text[]) WITH ORDINALITY AS u (image, number)
          ORDER BY u.number OFFSET 0) AS r"""
            .formatted(
                table.quotedName(),
                Identifiers.list(names),
                names.stream().map(n -> "(r.image)." + quote(n)).collect(joining(", "))));
  }

  private static ReplicaStatement update(ReplicaTable table, List<String> given) {
    var names = names(table, given, column -> column.fill() == Fill.OPEN);
    if (names.isEmpty()) { // nothing that an UPDATE may change
      return new ReplicaStatement(Kind.NOTHING, "");
    }
    return new ReplicaStatement(
        Kind.ONE_ROW,
        """
        UPDATE ONLY %1$s AS t SET %2$s
        FROM (SELECT %3$s AS old_image, $2::text::%1$s AS new_image OFFSET 0) AS i
        WHERE %4$s"""
            .formatted(
                table.quotedName(),
                names.stream()
                    .map(n -> "%1$s = (i.new_image).%1$s".formatted(quote(n)))
                    .collect(joining(", ")),
                oldImage(table, given),
                match(table, given)));
  }

  /** Of a key's rows at once: one may point to another by a foreign key that looks afterwards. */
  private static ReplicaStatement delete(ReplicaTable table, List<String> given) {
    if (hasKey(table, given)) {
      return new ReplicaStatement(
          Kind.ROWS,
          """
          DELETE FROM ONLY %1$s AS t
          USING (SELECT u.image::%1$s AS old_image FROM unnest($1::text[]) AS u (image) OFFSET 0) AS i
          WHERE %2$s"""
              .formatted(table.quotedName(), match(table, given)));
    }
    return new ReplicaStatement(
        Kind.ONE_ROW,
        "DELETE FROM ONLY %s AS t WHERE %s".formatted(table.quotedName(), match(table, given)));
  }

  /** With a primary key the old image is a row of the table; without, only a text to compare. */
  private static String oldImage(ReplicaTable table, List<String> given) {
    return hasKey(table, given) ? "$1::text::" + table.quotedName() : "NULL";
  }

  private static String match(ReplicaTable table, List<String> given) {
    if (hasKey(table, given)) {
      return names(table, given, Column::key).stream()
          .map(n -> "t.%1$s = (i.old_image).%1$s".formatted(quote(n)))
          .collect(joining(" AND "));
    }
    // of several such rows one that no other transaction has changed, committed or not
    return ("t.ctid = (SELECT s.ctid FROM ONLY %s AS s WHERE ROW(%s)::text = $1::text LIMIT 1"
            + " FOR NO KEY UPDATE SKIP LOCKED)")
        .formatted(
            table.quotedName(),
            compared(table, given).stream().map(n -> "s." + quote(n)).collect(joining(", ")));
  }

  private static String before(ReplicaTable table, RowChange change) {
    var shape =
        hasKey(table, change.columns()) ? table.columnNames() : compared(table, change.columns());
    return RowImage.reshape(change.oldRow(), change.columns(), shape);
  }

  private static List<String> compared(ReplicaTable table, List<String> given) {
    return names(table, given, column -> column.fill() != Fill.EXPRESSION);
  }

  private static boolean hasKey(ReplicaTable table, List<String> given) {
    var key = table.columns().stream().filter(Column::key).map(Column::name).toList();
    return !key.isEmpty() && given.containsAll(key);
  }

  private static List<String> names(
      ReplicaTable table, List<String> given, Predicate<Column> wanted) {
    return table.columns().stream()
        .filter(wanted)
        .map(Column::name)
        .filter(given::contains)
        .toList();
  }
}
