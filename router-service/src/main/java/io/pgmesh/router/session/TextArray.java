package io.pgmesh.router.session;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import java.util.ArrayList;
import java.util.List;

/** One-dimensional arrays in PostgreSQL's text format. */
final class TextArray {
  private final String text;
  private int at = 1;

  private TextArray(String text) {
    this.text = text;
  }

  /**
   * @throws SqlError 22P02 malformed, or an element is NULL
   */
  static List<String> parse(String text) {
    if (text.length() < 2 || text.charAt(0) != '{' || !text.endsWith("}")) {
      throw malformed(text);
    }
    return text.length() == 2 ? List.of() : new TextArray(text).elements();
  }

  private List<String> elements() {
    var elements = new ArrayList<String>();
    int end = text.length() - 1;
    while (true) {
      elements.add(text.charAt(at) == '"' ? quoted() : plain());
      if (at == end) {
        return elements;
      }
      if (text.charAt(at) != ',' || ++at == end) {
        throw malformed(text);
      }
    }
  }

  private String quoted() {
    var element = new StringBuilder();
    for (at++; at < text.length() - 1; at++) {
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        return element.toString();
      }
      element.append(c == '\\' ? text.charAt(++at) : c);
    }
    throw malformed(text);
  }

  private String plain() {
    int start = at;
    while (at < text.length() - 1 && text.charAt(at) != ',') {
      at++;
    }
    String element = text.substring(start, at);
    if (element.isEmpty()
        || element.equalsIgnoreCase("null")
        || element.matches(".*[{}\"\\\\].*")) {
      throw malformed(text);
    }
    return element;
  }

  private static SqlError malformed(String text) {
    return new SqlError(
        SqlState.INVALID_TEXT_REPRESENTATION, "malformed array literal: \"" + text + "\"");
  }
}
