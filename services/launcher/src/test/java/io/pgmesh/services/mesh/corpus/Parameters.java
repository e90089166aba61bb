package io.pgmesh.services.mesh.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values of a {@code -- params} line: separated by commas, {@code null}, quoted or bare. */
final class Parameters {
  private static final Pattern VALUE =
      Pattern.compile("\\s*(?:'((?:[^']|'')*)'|([^,']*))\\s*(,|$)");

  private Parameters() {}

  static List<String> parse(String text) {
    var values = new ArrayList<String>();
    Matcher matcher = VALUE.matcher(text);
    int at = 0;
    while (matcher.find(at) && matcher.start() == at) {
      values.add(value(matcher));
      at = matcher.end();
      if (matcher.group(3).isEmpty()) {
        return values;
      }
    }
    throw new IllegalArgumentException("cannot read the parameters: " + text);
  }

  private static String value(Matcher matcher) {
    if (matcher.group(1) != null) {
      return matcher.group(1).replace("''", "'");
    }
    String bare = matcher.group(2).strip();
    return bare.equals("null") ? null : bare;
  }

  /** The values as literals of an EXECUTE statement. */
  static String literals(List<String> values) {
    return String.join(
        ", ",
        values.stream()
            .map(value -> value == null ? "null" : "'" + value.replace("'", "''") + "'")
            .toList());
  }
}
