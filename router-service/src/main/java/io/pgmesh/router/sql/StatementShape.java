package io.pgmesh.router.sql;

import java.util.HashMap;
import java.util.Map;

/**
 * What a statement is but for the values of its constants: {@code … WHERE id = 7} and {@code … = 8}
 * have one shape, and so the same columns, parameters, names and, but for the shard, plan.
 */
public final class StatementShape {
  private StatementShape() {}

  /**
   * The text without those constants that cannot change the statement's columns: operands of
   * operators, and values of an INSERT. Others may stand for a type's length, a column's position
   * or the like, so they stay. Of each constant that goes its type stays, and whether it equals an
   * earlier one: a planner may conclude something from that.
   */
  public static String of(Phrase statement) {
    var shape = new StringBuilder(statement.sql().length());
    var constants = new HashMap<String, Integer>();
    boolean insert = !statement.isEmpty() && statement.first().is("insert");
    boolean inValues = false;
    Token before = null;
    for (int i = 0; i < statement.size(); i++) {
      Token token = statement.at(i);
      inValues =
          insert && (inValues ? !token.is("returning") && !token.is("on") : token.is("values"));
      if (before != null && goes(before, inValues)) {
        constant(token, statement.sql(), constants, shape);
      } else {
        shape.append(statement.sql(), token.start(), token.end());
      }
      shape.append(' ');
      before = token;
    }
    return shape.toString();
  }

  private static boolean goes(Token before, boolean inValues) {
    return before.kind() == Token.Kind.OPERATOR
        || inValues && (before.isSymbol("(") || before.isSymbol(","));
  }

  private static void constant(
      Token token, String sql, Map<String, Integer> constants, StringBuilder shape) {
    String type = typeOf(token);
    if (type.isEmpty()) {
      shape.append(sql, token.start(), token.end());
      return;
    }
    Integer equal = constants.putIfAbsent(token.value(), constants.size());
    shape.append(type);
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
