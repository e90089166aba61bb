package io.pgmesh.contracts.replica;

import java.util.ArrayList;
import java.util.List;

/**
 * PostgreSQL's text form of a composite value, field by field, without reading the values: each
 * field keeps its quotes, and an empty field is NULL.
 *
 * @see <a
 *     href="https://www.postgresql.org/docs/current/rowtypes.html#ROWTYPES-IO-SYNTAX">syntax</a>
 */
public final class RowImage {
  private RowImage() {}

  /** The raw fields of {@code (a,"b c",)}. */
  public static List<String> fields(String image) {
    if (image.length() < 2 || image.charAt(0) != '(' || !image.endsWith(")")) {
      throw new IllegalArgumentException("not a row: " + image);
    }
    var fields = new ArrayList<String>();
    int from = 1;
    boolean quoted = false;
    for (int at = 1; at < image.length() - 1; at++) {
      char c = image.charAt(at);
      if (c == '\\') {
        at++;
      } else if (c == '"') {
        quoted = !quoted; // a doubled quote turns twice
      } else if (c == ',' && !quoted) {
        fields.add(image.substring(from, at));
        from = at + 1;
      }
    }
    fields.add(image.substring(from, image.length() - 1));
    return fields;
  }

  /**
   * The same row with other columns: those that {@code from} lacks are NULL.
   *
   * @param from the columns of the image, in order
   * @param to the columns wanted, in order
   */
  public static String reshape(String image, List<String> from, List<String> to) {
    if (from.equals(to)) {
      return image;
    }
    var fields = fields(image);
    var wanted = to.stream().map(from::indexOf).map(i -> i < 0 ? "" : fields.get(i)).toList();
    return "(" + String.join(",", wanted) + ")";
  }
}
