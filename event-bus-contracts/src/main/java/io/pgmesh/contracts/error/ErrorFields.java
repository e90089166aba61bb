package io.pgmesh.contracts.error;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The fields of an ErrorResponse or NoticeResponse as the server sent them, in their order.
 *
 * @param fields field type byte as a one-character string ({@code "S"}, {@code "C"}, {@code "M"},
 *     …) to its value
 * @see <a href="https://www.postgresql.org/docs/current/protocol-error-fields.html">the field
 *     types</a>
 */
public record ErrorFields(Map<String, String> fields) {

  public static final String SEVERITY = "S";
  public static final String SEVERITY_UNTRANSLATED = "V";
  public static final String CODE = "C";
  public static final String MESSAGE = "M";
  public static final String DETAIL = "D";
  public static final String HINT = "H";
  public static final String POSITION = "P";
  public static final String INTERNAL_POSITION = "p";
  public static final String INTERNAL_QUERY = "q";
  public static final String WHERE = "W";
  public static final String SCHEMA = "s";
  public static final String TABLE = "t";
  public static final String COLUMN = "c";
  public static final String DATA_TYPE = "d";
  public static final String CONSTRAINT = "n";
  public static final String ROUTINE = "R";

  public ErrorFields {
    fields = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }

  /** An error of the mesh's own: severity ERROR, a state and a message. */
  public static ErrorFields error(SqlState state, String message) {
    return of("ERROR", state, message);
  }

  /** An error that ends the connection. */
  public static ErrorFields fatal(SqlState state, String message) {
    return of("FATAL", state, message);
  }

  /** Fields of the given severity, state and message. */
  public static ErrorFields of(String severity, SqlState state, String message) {
    var fields = new LinkedHashMap<String, String>();
    fields.put(SEVERITY, severity);
    fields.put(SEVERITY_UNTRANSLATED, severity);
    fields.put(CODE, state.code());
    fields.put(MESSAGE, Objects.requireNonNullElse(message, state.name()));
    return new ErrorFields(fields);
  }

  /** The same fields with one set, or removed when {@code value} is null. */
  public ErrorFields with(String field, String value) {
    var copy = new LinkedHashMap<>(fields);
    if (value == null) {
      copy.remove(field);
    } else {
      copy.put(field, value);
    }
    return new ErrorFields(copy);
  }

  /** The value of a field, or null when the server did not send it. */
  public String get(String field) {
    return fields.get(field);
  }

  public String code() {
    return fields.getOrDefault(CODE, SqlState.INTERNAL_ERROR.code());
  }

  public String message() {
    return fields.getOrDefault(MESSAGE, "");
  }
}
