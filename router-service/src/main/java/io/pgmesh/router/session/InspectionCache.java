package io.pgmesh.router.session;

import io.pgmesh.contracts.api.SessionEvent.Inspected;
import io.pgmesh.router.sql.Lexer;
import io.pgmesh.router.sql.Token;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the coordinator database said of statements that differ in constants only: {@code … WHERE id
 * = 7} and {@code … = 8} have the same columns, parameters and names.
 */
final class InspectionCache {
  private static final int MAX_STATEMENTS = 64;
  private static final int MAX_TEXT_CHARACTERS = 2 * 1024;

  private Map<Key, Known> inspections = Map.of(); // idle sessions hold no table

  private record Key(String shape, List<Long> types) {}

  private record Known(Prepared.Basis basis, Inspected found) {}

  Optional<Inspected> get(Prepared statement, Prepared.Basis basis) {
    if (inspections.isEmpty() || isLong(statement)) {
      return Optional.empty();
    }
    return Optional.ofNullable(inspections.get(key(statement)))
        .filter(known -> known.basis.same(basis))
        .map(Known::found);
  }

  void put(Prepared statement, Prepared.Basis basis, Inspected found) {
    if (isLong(statement)) {
      return;
    }
    if (inspections.isEmpty()) {
      inspections = new Newest();
    }
    inspections.put(key(statement), new Known(basis, found));
  }

  private static boolean isLong(Prepared statement) {
    return statement.sql().length() > MAX_TEXT_CHARACTERS;
  }

  private static Key key(Prepared statement) {
    return new Key(shape(statement.sql()), statement.declaredTypes());
  }

  /**
   * The text without those constants that cannot change the statement's columns: operands of
   * operators, and values of an INSERT. Others may stand for a type's length, a column's position
   * or the like, so they stay; and of each constant its type stays.
   */
  static String shape(String sql) {
    var shape = new StringBuilder(sql.length());
    boolean insert = false;
    boolean inValues = false;
    Token before = null;
    for (Token token : Lexer.tokens(sql)) {
      insert |= before == null && token.is("insert");
      inValues =
          insert && (inValues ? !token.is("returning") && !token.is("on") : token.is("values"));
      boolean operand = before != null && before.kind() == Token.Kind.OPERATOR;
      boolean value = inValues && before != null && (before.isSymbol("(") || before.isSymbol(","));
      shape.append(operand || value ? placeholder(token, sql) : text(token, sql)).append(' ');
      before = token;
    }
    return shape.toString();
  }

  private static String placeholder(Token token, String sql) {
    return switch (token.kind()) {
      case STRING -> "'?'";
      case INTEGER -> integer(token.value());
      case NUMBER -> "?numeric";
      default -> text(token, sql);
    };
  }

  /** As PostgreSQL types it. */
  private static String integer(String digits) {
    try {
      return Long.parseLong(digits) <= Integer.MAX_VALUE ? "?int4" : "?int8";
    } catch (NumberFormatException e) { // larger, or in another base
      return digits;
    }
  }

  private static String text(Token token, String sql) {
    return sql.substring(token.start(), token.end());
  }

  private static final class Newest extends LinkedHashMap<Key, Known> {
    private static final long serialVersionUID = 1L;

    Newest() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Key, Known> eldest) {
      return size() > MAX_STATEMENTS;
    }
  }
}
