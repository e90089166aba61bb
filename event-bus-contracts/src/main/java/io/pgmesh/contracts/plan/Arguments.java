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

  /** The same with rows wanted in these formats. */
  public Arguments withResultFormats(List<Integer> wanted) {
    return wanted.equals(resultFormats) ? this : new Arguments(types, formats, values, wanted);
  }

  /** The same with one more parameter, in binary. */
  public Arguments with(long type, byte[] value) {
    return withAll(type, Collections.singletonList(value));
  }

  /** The same with more parameters, all of one type and in binary. */
  public Arguments withAll(long type, List<byte[]> more) {
    int count = values.size();
    var allTypes = new ArrayList<>(types.subList(0, Math.min(types.size(), count)));
    allTypes.addAll(Collections.nCopies(count - allTypes.size(), 0L));
    allTypes.addAll(Collections.nCopies(more.size(), type));
    return new Arguments(allTypes, formats, values, resultFormats).inFormat(1, more);
  }

  /** The same with more parameters, in text, of types that the server infers. */
  public Arguments withTexts(List<byte[]> more) {
    return inFormat(0, more);
  }

  private Arguments inFormat(int format, List<byte[]> more) {
    var allFormats = new ArrayList<Integer>();
    for (int i = 0; i < values.size(); i++) {
      allFormats.add(format(i));
    }
    allFormats.addAll(Collections.nCopies(more.size(), format));
    var allValues = new ArrayList<>(values);
    allValues.addAll(more);
    return new Arguments(types, allFormats, allValues, resultFormats);
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
