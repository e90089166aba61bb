package io.pgmesh.loadtests.gatling;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A text that is sent often.
 *
 * @param name in Gatling's report
 * @param text with parameters {@code $1}, {@code $2}, … in this order, and without quotes of names
 */
public record Statement(String name, String text) {

  /** For pgjdbc. */
  public String jdbc() {
    return text.replaceAll("\\$\\d+", "?");
  }

  /**
   * For the HTTP endpoint.
   *
   * @param parameters numbers and texts that need no escapes
   */
  public String json(Object... parameters) {
    return Arrays.stream(parameters)
        .map(value -> value instanceof Number ? value.toString() : "\"" + value + "\"")
        .collect(Collectors.joining(", ", "{\"query\": \"" + text + "\", \"params\": [", "]}"));
  }
}
