package io.pgmesh.router.planner;

import io.pgmesh.router.sql.Keywords;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Token;

/** Comparing expressions by their words. */
final class Expressions {
  private Expressions() {}

  /** Whether two phrases consist of the same words, white space and comments aside. */
  static boolean equal(Phrase left, Phrase right) {
    return left.size() == right.size() && startsWith(left, 0, right);
  }

  /** Whether the words of another phrase stand at an index. */
  static boolean startsWith(Phrase phrase, int index, Phrase words) {
    if (index + words.size() > phrase.size()) {
      return false;
    }
    for (int i = 0; i < words.size(); i++) {
      if (!equal(phrase.at(index + i), words.at(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean equal(Token left, Token right) {
    boolean names = left.isIdentifier() && right.isIdentifier();
    return (names || left.kind() == right.kind()) && left.value().equals(right.value());
  }

  /** Whether a phrase is one operand wherever it stands: a name, a call or in parentheses. */
  static boolean isOperand(Phrase phrase) {
    int name = phrase.nameLength(0);
    boolean call = phrase.hasSymbol(name, "(") && phrase.behindBrackets(name) == phrase.size();
    return name == phrase.size() || call;
  }

  /** Whether some parentheses make a row: such a value has no type that a table's column could. */
  static boolean makesRow(Phrase phrase) {
    for (int i = 0; i < phrase.size(); i++) {
      if (!phrase.hasSymbol(i, "(")) {
        continue;
      }
      Phrase inside = phrase.sub(i + 1, Math.max(i + 1, phrase.behindBrackets(i) - 1));
      boolean several = inside.split(",").size() > 1;
      if (phrase.has(i - 1, "row") || several && !isList(phrase, i)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the parentheses hold arguments of a call or the list of IN. */
  private static boolean isList(Phrase phrase, int open) {
    if (open == 0 || !phrase.at(open - 1).isIdentifier()) {
      return false;
    }
    Token before = phrase.at(open - 1);
    return !Keywords.isReserved(before) || before.is("in") || before.is("any");
  }
}
