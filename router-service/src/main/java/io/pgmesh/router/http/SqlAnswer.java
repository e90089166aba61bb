package io.pgmesh.router.http;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.router.wire.Backend;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Results and errors as JSON. */
final class SqlAnswer {
  private static final Map<String, String> ERROR_NAMES =
      Map.ofEntries(
          Map.entry(ErrorFields.SEVERITY, "severity"),
          Map.entry(ErrorFields.CODE, "code"),
          Map.entry(ErrorFields.MESSAGE, "message"),
          Map.entry(ErrorFields.DETAIL, "detail"),
          Map.entry(ErrorFields.HINT, "hint"),
          Map.entry(ErrorFields.POSITION, "position"),
          Map.entry(ErrorFields.INTERNAL_POSITION, "internalPosition"),
          Map.entry(ErrorFields.INTERNAL_QUERY, "internalQuery"),
          Map.entry(ErrorFields.WHERE, "where"),
          Map.entry(ErrorFields.SCHEMA, "schema"),
          Map.entry(ErrorFields.TABLE, "table"),
          Map.entry(ErrorFields.COLUMN, "column"),
          Map.entry(ErrorFields.DATA_TYPE, "dataType"),
          Map.entry(ErrorFields.CONSTRAINT, "constraint"));

  private SqlAnswer() {}

  static JsonObject result(CollectedRows result, String tag, boolean rowsAsArrays) {
    var fields = new JsonArray();
    result.fields().forEach(field -> fields.add(field(field)));
    var rows = new JsonArray();
    for (List<byte[]> row : result.rows()) {
      rows.add(rowsAsArrays ? array(row) : object(row, result.fields()));
    }
    String[] words = tag.split(" ");
    return new JsonObject()
        .put("command", words[0])
        .put("rowCount", rowCount(words))
        .put("rowAsArray", rowsAsArrays)
        .put("fields", fields)
        .put("rows", rows);
  }

  private static Integer rowCount(String[] words) {
    String last = words[words.length - 1];
    return !last.isEmpty() && last.chars().allMatch(Character::isDigit)
        ? Integer.valueOf(last)
        : null;
  }

  private static JsonObject field(Backend.Field field) {
    return new JsonObject()
        .put("name", field.name())
        .put("dataTypeID", field.typeOid())
        .put("tableID", field.tableOid())
        .put("columnID", field.column())
        .put("dataTypeSize", field.size())
        .put("dataTypeModifier", field.modifier())
        .put("format", "text");
  }

  private static JsonArray array(List<byte[]> row) {
    var array = new JsonArray();
    row.forEach(value -> array.add(text(value)));
    return array;
  }

  private static JsonObject object(List<byte[]> row, List<Backend.Field> fields) {
    var object = new JsonObject();
    for (int i = 0; i < row.size(); i++) {
      object.put(fields.get(i).name(), text(row.get(i)));
    }
    return object;
  }

  private static String text(byte[] value) {
    return value == null ? null : new String(value, StandardCharsets.UTF_8);
  }

  static JsonObject error(SqlError error) {
    var json = new JsonObject();
    error
        .fields()
        .fields()
        .forEach(
            (field, value) -> {
              String name = ERROR_NAMES.get(field);
              if (name != null) {
                json.put(name, value);
              }
            });
    return json;
  }

  /** The HTTP status that fits a SQLSTATE. */
  static int status(SqlError error) {
    String code = error.code();
    return switch (code.substring(0, 2)) {
      case "28" -> 401;
      case "53" -> 503;
      case "54" -> 413;
      case "08" -> 502;
      case "XX", "58" -> 500;
      case "57" -> code.equals("57014") ? 400 : 503;
      default -> code.equals("42501") ? 403 : 400;
    };
  }
}
