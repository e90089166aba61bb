package io.pgmesh.services.mesh.wire;

import java.util.List;
import java.util.Map;

/**
 * Everything that a server answered to one request, up to ReadyForQuery.
 *
 * @param results one a statement, in order
 * @param notices fields by their type letter
 * @param settings ParameterStatus messages, {@code name=value}
 * @param parameterTypes of the statement, where it was described
 * @param status the transaction status of ReadyForQuery: I, T or E
 */
public record Reply(
    List<Result> results,
    List<Map<String, String>> notices,
    List<String> settings,
    List<Integer> parameterTypes,
    char status) {

  /** The answer to one statement. */
  public sealed interface Result {}

  /**
   * @param values text, or hexadecimal digits where the format is binary; null for null
   * @param tag the command tag; {@code suspended} after a portal's row limit
   */
  public record Rows(List<Field> fields, List<List<String>> values, String tag) implements Result {}

  public record Command(String tag) implements Result {}

  public record CopyOut(List<String> lines, String tag) implements Result {}

  public record Empty() implements Result {}

  /** An ErrorResponse. */
  public record Failure(Map<String, String> fields) implements Result {
    public String state() {
      return fields.get("C");
    }

    public String message() {
      return fields.get("M");
    }
  }

  public record Field(String name, int typeOid, int typeModifier, int format) {}

  /** The first error, if the request failed. */
  public Failure failure() {
    return results.stream()
        .filter(Failure.class::isInstance)
        .map(Failure.class::cast)
        .findFirst()
        .orElse(null);
  }
}
