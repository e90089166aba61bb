package io.pgmesh.router.sql;

import java.util.Optional;
import java.util.Set;

/** After what PostgreSQL names an output that has no label: see its {@code FigureColname}. */
public final class OutputNames {
  /** Words behind a cast that go on with the expression, and so take the name from it. */
  private static final Set<String> OPERATORS =
      Set.of(
          "and",
          "or",
          "is",
          "isnull",
          "notnull",
          "like",
          "ilike",
          "in",
          "not",
          "between",
          "similar",
          "at",
          "operator");

  private OutputNames() {}

  /** The column or function that an expression shows, through parentheses and casts. */
  public static Optional<Phrase> namesake(Phrase expression) {
    if (expression.starts("cast") && expression.hasSymbol(1, "(")) {
      int end = expression.behindBrackets(1);
      Phrase inside = expression.sub(2, end - 1);
      int as = inside.find(0, "as");
      return as > 0 && casts(expression, end) ? namesake(inside.sub(0, as)) : Optional.empty();
    }
    if (expression.hasSymbol(0, "(")) {
      int end = expression.behindBrackets(0);
      return casts(expression, end) ? namesake(expression.sub(1, end - 1)) : Optional.empty();
    }
    int head = expression.nameLength(0);
    int end = head > 0 && expression.hasSymbol(head, "(") ? expression.behindBrackets(head) : head;
    return head > 0 && casts(expression, end)
        ? Optional.of(expression.sub(0, end))
        : Optional.empty();
  }

  /** Whether nothing but casts stands behind an index. */
  private static boolean casts(Phrase expression, int index) {
    if (index == expression.size()) {
      return true;
    }
    if (!expression.hasSymbol(index, "::")) {
      return false;
    }
    for (int i = index; i < expression.size(); i++) {
      Token token = expression.at(i);
      if (token.kind() == Token.Kind.OPERATOR || OPERATORS.contains(token.value())) {
        return false;
      }
    }
    return true;
  }
}
