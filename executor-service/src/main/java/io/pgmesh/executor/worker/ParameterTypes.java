package io.pgmesh.executor.worker;

import io.pgmesh.contracts.plan.Arguments;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The types that Parse declares for a statement's parameters. */
final class ParameterTypes {
  /** Types from here on are users': a worker knows them under other numbers. */
  static final int FIRST_USER_OID = 16384;

  private static final long INFERRED = 0;
  private static final long BYTEA = 17;
  private static final long TEXT = 25;
  private static final Pattern PARAMETER = Pattern.compile("\\$(\\d{1,5})");

  private ParameterTypes() {}

  static List<Long> of(String sql, Arguments arguments) {
    int count = arguments.values().size();
    var types = new ArrayList<Long>(count);
    for (int i = 0; i < count; i++) {
      types.add(declared(arguments.types(), i));
    }
    if (types.contains(INFERRED)) {
      BitSet used = used(sql, count);
      for (int i = used.nextClearBit(0); i < count; i = used.nextClearBit(i + 1)) {
        types.set(i, types.get(i) == INFERRED ? anyValue(arguments, i) : types.get(i));
      }
    }
    return types;
  }

  /** A type that takes whatever value is there. */
  private static long anyValue(Arguments arguments, int index) {
    return arguments.format(index) == 1 ? BYTEA : TEXT;
  }

  private static long declared(List<Long> types, int index) {
    long type = index < types.size() ? types.get(index) : INFERRED;
    return type >= FIRST_USER_OID ? INFERRED : type;
  }

  /** What looks like a parameter in a literal counts as used: its type stays the server's. */
  private static BitSet used(String sql, int count) {
    var used = new BitSet(count);
    Matcher parameter = PARAMETER.matcher(sql);
    while (parameter.find()) {
      int number = Integer.parseInt(parameter.group(1));
      if (number >= 1 && number <= count) {
        used.set(number - 1);
      }
    }
    return used;
  }
}
