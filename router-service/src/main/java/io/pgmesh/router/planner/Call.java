package io.pgmesh.router.planner;

import io.pgmesh.router.planner.BuiltinFunctions.Kind;
import io.pgmesh.router.sql.Phrase;
import java.util.ArrayList;
import java.util.List;

/**
 * A function's call in an expression.
 *
 * @param begin index in the expression of its first token
 * @param end index behind the call with what belongs to it: FILTER, WITHIN GROUP, OVER
 * @param arguments between its parentheses
 * @param filter inside of {@code FILTER (WHERE …)}, else empty
 * @param window behind OVER: a name or a definition in parentheses, else empty
 */
record Call(
    String name,
    int begin,
    int end,
    Phrase arguments,
    Phrase filter,
    boolean withinGroup,
    Phrase window) {

  Kind kind() {
    return BuiltinFunctions.kind(name);
  }

  /** Whether many rows become one value by it. */
  boolean aggregates() {
    return kind() == Kind.AGGREGATE && window.isEmpty();
  }

  /** All calls, outer ones before those in their arguments. */
  static List<Call> in(Phrase expression) {
    List<Call> calls = new ArrayList<>();
    for (Phrase name : expression.names()) {
      int begin = name.from() - expression.from();
      int open = begin + name.size();
      if (expression.hasSymbol(open, "(")) {
        calls.add(at(expression, begin, open, name.last().value()));
      }
    }
    return calls;
  }

  private static Call at(Phrase expression, int begin, int open, String name) {
    int end = expression.behindBrackets(open);
    Phrase arguments = expression.sub(open + 1, Math.max(open + 1, end - 1));
    Phrase none = expression.sub(end, end);
    boolean within = expression.has(end, "within", "group");
    if (within) {
      end = expression.behindBrackets(end + 2);
    }
    Phrase filter = none;
    if (expression.has(end, "filter") && expression.hasSymbol(end + 1, "(")) {
      int behind = expression.behindBrackets(end + 1);
      filter = expression.sub(end + 3, behind - 1);
      end = behind;
    }
    Phrase window = none;
    if (expression.has(end, "over")) {
      int behind =
          expression.hasSymbol(end + 1, "(") ? expression.behindBrackets(end + 1) : end + 2;
      window = expression.sub(end + 1, behind);
      end = behind;
    }
    return new Call(name, begin, end, arguments, filter, within, window);
  }
}
