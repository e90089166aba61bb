package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Column;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Token;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A value of the distribution column that is known when the statement is bound. */
sealed interface KeyValue {

  /**
   * @param text in the text form of the column's type
   * @param source where it stands in the client's text
   */
  record Literal(String text, Phrase source) implements KeyValue {}

  /**
   * @param index in the arguments, from 0
   * @param typeOid the parameter's type when inspected; 0 when unknown
   */
  record Parameter(int index, long typeOid) implements KeyValue {}

  record Null() implements KeyValue {}

  Set<Long> INTEGERS = Set.of(20L, 21L, 23L);
  Set<Long> TEXTS = Set.of(25L, 1043L);
  long BOOLEAN = 16;
  long NUMERIC = 1700;

  /** Names of one type under which casts may call it, as {@code format_type} prints it. */
  Map<String, String> TYPE_NAMES =
      Map.of(
          "int",
          "integer",
          "int4",
          "integer",
          "int8",
          "bigint",
          "int2",
          "smallint",
          "varchar",
          "character varying",
          "bool",
          "boolean",
          "decimal",
          "numeric",
          "timestamptz",
          "timestamp with time zone",
          "timestamp",
          "timestamp without time zone");

  /** The value that an expression stands for, if it is plain to see. */
  static Optional<KeyValue> of(Phrase expression, Column key, PlanContext context) {
    Phrase inner = withoutParentheses(expression);
    if (inner.size() == 1) {
      return ofToken(inner, false, key, context);
    }
    if (inner.size() == 2 && inner.hasSymbol(0, "-")) {
      return ofToken(inner, true, key, context);
    }
    int cast = inner.size() < 3 ? -1 : castIndex(inner);
    if (cast > 0 && namesType(inner.skip(cast + 1), key)) {
      return of(inner.sub(0, cast), key, context);
    }
    if (inner.size() == 2
        && inner.at(1).kind() == Token.Kind.STRING
        && namesType(inner.sub(0, 1), key)) {
      return ofToken(inner.skip(1), false, key, context);
    }
    return Optional.empty();
  }

  private static int castIndex(Phrase phrase) {
    int found = -1;
    for (int i = 0; i < phrase.size(); i++) {
      if (phrase.hasSymbol(i, "::")) {
        found = i;
      }
    }
    // -5::bigint negates the cast value, which comes to the same
    return found;
  }

  private static boolean namesType(Phrase type, Column key) {
    String written = type.text().toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
    return TYPE_NAMES.getOrDefault(written, written).equals(key.type());
  }

  private static Phrase withoutParentheses(Phrase phrase) {
    Phrase inner = phrase;
    while (inner.size() > 2 && inner.hasSymbol(0, "(") && inner.behindBrackets(0) == inner.size()) {
      inner = inner.sub(1, inner.size() - 1);
    }
    return inner;
  }

  /**
   * @param source ends with the value's token
   */
  private static Optional<KeyValue> ofToken(
      Phrase source, boolean negative, Column key, PlanContext context) {
    Token token = source.last();
    return switch (token.kind()) {
      case PARAMETER -> negative ? Optional.empty() : ofParameter(token, key, context);
      case INTEGER -> ofInteger(source, negative, key);
      case NUMBER ->
          key.typeOid() == NUMERIC
              ? Optional.of(new Literal((negative ? "-" : "") + token.value(), source))
              : Optional.empty();
      case STRING -> negative ? Optional.empty() : Optional.of(new Literal(token.value(), source));
      case WORD -> negative ? Optional.empty() : ofWord(source, key);
      default -> Optional.empty();
    };
  }

  private static Optional<KeyValue> ofWord(Phrase source, Column key) {
    String word = source.last().value();
    return switch (word) {
      case "null" -> Optional.of(new Null());
      case "true", "false" ->
          key.typeOid() == BOOLEAN ? Optional.of(new Literal(word, source)) : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<KeyValue> ofInteger(Phrase source, boolean negative, Column key) {
    String digits = source.last().value();
    boolean plain = digits.length() <= 18 && digits.chars().allMatch(Character::isDigit);
    boolean takes =
        INTEGERS.contains(key.typeOid())
            || TEXTS.contains(key.typeOid())
            || key.typeOid() == NUMERIC;
    if (!plain || !takes) {
      return Optional.empty();
    }
    long value = Long.parseLong(digits);
    return Optional.of(new Literal(Long.toString(negative ? -value : value), source));
  }

  private static Optional<KeyValue> ofParameter(Token token, Column key, PlanContext context) {
    int index = Integer.parseInt(token.value()) - 1;
    var types = context.inspection().parameterTypes();
    long type = index >= 0 && index < types.size() ? types.get(index) : 0;
    boolean same =
        type == 0
            || type == key.typeOid()
            || INTEGERS.contains(type) && INTEGERS.contains(key.typeOid())
            || TEXTS.contains(type) && TEXTS.contains(key.typeOid());
    return index >= 0 && same ? Optional.of(new Parameter(index, type)) : Optional.empty();
  }
}
