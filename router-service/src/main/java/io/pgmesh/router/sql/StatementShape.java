package io.pgmesh.router.sql;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a statement is but for the values of its constants: {@code … WHERE id = 7} and {@code … = 8}
 * have one shape, and so the same columns, parameters, names and, but for the shard, plan.
 */
public final class StatementShape {
  private StatementShape() {}

  /**
   * The text without those constants that cannot change the statement's columns. Of each its type
   * stays, and whether it equals an earlier one: a planner may conclude something from that.
   */
  public static String of(Phrase statement) {
    var shape = new StringBuilder(statement.sql().length());
    var constants = new HashMap<String, Integer>();
    var going = constants(statement).iterator();
    int next = going.hasNext() ? going.next() : -1;
    for (int i = 0; i < statement.size(); i++) {
      Token token = statement.at(i);
      if (i == next) {
        constant(token, constants, shape);
        next = going.hasNext() ? going.next() : -1;
      } else {
        shape.append(statement.sql(), token.start(), token.end());
      }
      shape.append(' ');
    }
    return shape.toString();
  }

  /**
   * Indexes of the tokens that go: operands of operators, BETWEEN and AND, elements of IN lists,
   * and values of an INSERT. Others may stand for a type's length, a column's position or the like.
   */
  static List<Integer> constants(Phrase statement) {
    List<Integer> found = new ArrayList<>();
    boolean insert = !statement.isEmpty() && statement.first().is("insert");
    boolean inValues = false;
    boolean inList = false;
    Token before = null;
    for (int i = 0; i < statement.size(); i++) {
      Token token = statement.at(i);
      inValues =
          insert && (inValues ? !token.is("returning") && !token.is("on") : token.is("values"));
      inList = inList ? continuesList(token) : statement.has(i - 1, "in") && token.isSymbol("(");
      if (before != null && goes(before, inValues || inList) && !typeOf(token).isEmpty()) {
        found.add(i);
      }
      before = token;
    }
    return found;
  }

  private static boolean goes(Token before, boolean listed) {
    return before.kind() == Token.Kind.OPERATOR
        || before.is("between")
        || before.is("and")
        || listed && (before.isSymbol("(") || before.isSymbol(","));
  }

  /** Whether a list behind IN has had nothing but constants so far. */
  private static boolean continuesList(Token token) {
    return switch (token.kind()) {
      case STRING, INTEGER, NUMBER, OPERATOR -> true;
      case PUNCTUATION -> token.isSymbol(",");
      case WORD, QUOTED_IDENTIFIER, BIT_STRING, UNICODE, PARAMETER -> false;
    };
  }

  private static void constant(Token token, Map<String, Integer> constants, StringBuilder shape) {
    Integer equal = constants.putIfAbsent(token.value(), constants.size());
    shape.append(typeOf(token));
    if (equal != null) {
      shape.append(equal.intValue());
    }
  }

  /** As PostgreSQL types it; empty for what is no such constant. */
  private static String typeOf(Token token) {
    return switch (token.kind()) {
      case STRING -> "'?'";
      case INTEGER -> integer(token.value());
      case NUMBER -> "?numeric";
      default -> "";
    };
  }

  private static String integer(String digits) {
    try {
      return Long.parseLong(digits) <= Integer.MAX_VALUE ? "?int4" : "?int8";
    } catch (NumberFormatException e) { // larger, or in another base
      return "";
    }
  }
}
