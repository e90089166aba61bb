package io.pgmesh.contracts.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A statement's parameters and the formats asked for, as in Bind.
 *
 * @param types the coordinator database's type oids, one a parameter; 0 leaves it to the server
 * @param formats 0 text, 1 binary; none, one for all, or one a parameter
 * @param values null for NULL; arrays are not to be changed
 * @param resultFormats none, one for all, or one a result column
 */
public record Arguments(
    List<Long> types, List<Integer> formats, List<byte[]> values, List<Integer> resultFormats) {
  public static final Arguments NONE = new Arguments(List.of(), List.of(), List.of(), List.of());

  public Arguments {
    types = List.copyOf(types);
    formats = List.copyOf(formats);
    values = Collections.unmodifiableList(new ArrayList<>(values)); // holds nulls
    resultFormats = List.copyOf(resultFormats);
  }

  /** The format of one parameter: 0 text, 1 binary. */
  public int format(int index) {
    return switch (formats.size()) {
      case 0 -> 0;
      case 1 -> formats.getFirst();
      default -> formats.get(index);
    };
  }
}
