package io.pgmesh.router.sql;

import io.pgmesh.router.sql.Query.Item;
import java.util.Set;

/** Names of the parts of a select list. */
final class Labels {
  /** Words that an operand must follow, so that what follows is no label. */
  private static final Set<String> BEFORE_OPERANDS =
      Set.of(
          "and",
          "or",
          "not",
          "is",
          "like",
          "ilike",
          "similar",
          "to",
          "between",
          "in",
          "any",
          "all",
          "some",
          "collate",
          "at",
          "time",
          "from",
          "distinct",
          "as",
          "case",
          "when",
          "then",
          "else",
          "array",
          "operator",
          "symmetric",
          "asymmetric",
          "escape",
          "row",
          "over",
          "with",
          "without",
          "local");

  private Labels() {}

  static Item item(Phrase part) {
    int size = part.size();
    if (size > 2 && part.has(size - 2, "as") && new Layout(part).has(size - 2, "as")) {
      return new Item(part.sub(0, size - 2), part.last().value(), true);
    }
    if (size > 1
        && Keywords.canBeBareLabel(part.last())
        && new Layout(part).outside(size - 1)
        && endsOperand(part, size - 2)) {
      return new Item(part.sub(0, size - 1), part.last().value(), true);
    }
    return new Item(part, ownName(part), false);
  }

  private static boolean endsOperand(Phrase part, int index) {
    Token token = part.at(index);
    return switch (token.kind()) {
      case STRING, BIT_STRING, UNICODE, INTEGER, NUMBER, PARAMETER, QUOTED_IDENTIFIER -> true;
      case WORD -> !BEFORE_OPERANDS.contains(token.value()) || part.hasSymbol(index - 1, ".");
      case PUNCTUATION -> token.value().equals(")") || token.value().equals("]");
      case OPERATOR -> false;
    };
  }

  /** The name that PostgreSQL gives; empty where more would have to be known. */
  private static String ownName(Phrase expression) {
    int length = expression.nameLength(0);
    if (length == 0 || length == 1 && Keywords.isReserved(expression.first())) {
      return "";
    }
    boolean column = length == expression.size();
    boolean call =
        expression.hasSymbol(length, "(")
            && (expression.behindBrackets(length) == expression.size()
                || expression.has(expression.behindBrackets(length), "over")
                || expression.has(expression.behindBrackets(length), "filter"));
    return column || call ? expression.at(length - 1).value() : "";
  }
}
