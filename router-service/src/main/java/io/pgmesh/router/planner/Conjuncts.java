package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Column;
import io.pgmesh.router.sql.Phrase;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The conditions of a WHERE clause that must all hold. */
record Conjuncts(List<Phrase> list) {

  /** One condition a part; a single part, which says nothing, when there is an OR outside. */
  static Conjuncts of(Phrase where) {
    List<Phrase> list = new ArrayList<>();
    Deque<Phrase> left = new ArrayDeque<>(); // in order; not recursive: parentheses may be deep
    if (!where.isEmpty() && where.find(0, "or") < 0) {
      split(where).reversed().forEach(left::push);
    }
    while (!left.isEmpty()) {
      Phrase condition = left.pop();
      Phrase inside = condition.size() > 2 ? condition.sub(1, condition.size() - 1) : condition;
      boolean bracketed =
          condition.size() > 2
              && condition.hasSymbol(0, "(")
              && condition.behindBrackets(0) == condition.size()
              && !inside.starts("select");
      if (!bracketed) {
        list.add(condition);
      } else if (inside.find(0, "or") < 0) {
        split(inside).reversed().forEach(left::push);
      }
    }
    return new Conjuncts(list);
  }

  /** The parts between the outside ANDs but for those of BETWEEN. */
  private static List<Phrase> split(Phrase where) {
    List<Phrase> parts = new ArrayList<>();
    int begin = 0;
    int at = 0;
    while (begin <= where.size()) {
      int and = where.find(at, "and");
      int end = and < 0 ? where.size() : and;
      boolean between = where.sub(at, end).find(0, "between") >= 0;
      if (!between || and < 0) {
        parts.add(where.sub(begin, end));
        begin = end + 1;
      }
      at = end + 1;
      if (and < 0) {
        break;
      }
    }
    return parts;
  }

  /**
   * Values that the distribution column is restricted to, if some condition does so plainly.
   *
   * @param qualifier the name by which the statement calls the table
   */
  Optional<List<KeyValue>> keyValues(String qualifier, Column key, PlanContext context) {
    for (Phrase condition : list) {
      Optional<List<KeyValue>> values = keyValues(condition, qualifier, key, context);
      if (values.isPresent()) {
        return values;
      }
    }
    return Optional.empty();
  }

  private static Optional<List<KeyValue>> keyValues(
      Phrase condition, String qualifier, Column key, PlanContext context) {
    int name = condition.nameLength(0);
    if (name > 0 && isColumn(condition.sub(0, name), qualifier, key.name())) {
      if (condition.hasSymbol(name, "=")) {
        return KeyValue.of(condition.skip(name + 1), key, context).map(List::of);
      }
      if (condition.has(name, "in") && condition.hasSymbol(name + 1, "(")) {
        return list(condition.skip(name + 1), key, context);
      }
      return Optional.empty();
    }
    for (int i = 1; i < condition.size(); i++) {
      Phrase right = condition.skip(i + 1);
      if (condition.hasSymbol(i, "=")
          && right.nameLength(0) == right.size()
          && isColumn(right, qualifier, key.name())) {
        return KeyValue.of(condition.sub(0, i), key, context).map(List::of);
      }
    }
    return Optional.empty();
  }

  private static Optional<List<KeyValue>> list(Phrase list, Column key, PlanContext context) {
    if (list.behindBrackets(0) != list.size()) {
      return Optional.empty();
    }
    List<KeyValue> values = new ArrayList<>();
    for (Phrase item : list.sub(1, list.size() - 1).split(",")) {
      Optional<KeyValue> value = KeyValue.of(item, key, context);
      if (value.isEmpty()) {
        return Optional.empty();
      }
      values.add(value.get());
    }
    return Optional.of(values);
  }

  /** Whether some condition says that two columns are equal. */
  boolean equate(String leftQualifier, String left, String rightQualifier, String right) {
    for (Phrase condition : list) {
      int length = condition.nameLength(0);
      Phrase second = condition.skip(length + 1);
      if (length == 0
          || !condition.hasSymbol(length, "=")
          || second.isEmpty()
          || second.nameLength(0) != second.size()) {
        continue;
      }
      Phrase first = condition.sub(0, length);
      boolean inOrder =
          isQualified(first, leftQualifier, left) && isQualified(second, rightQualifier, right);
      boolean turned =
          isQualified(second, leftQualifier, left) && isQualified(first, rightQualifier, right);
      if (inOrder || turned) {
        return true;
      }
    }
    return false;
  }

  private static boolean isQualified(Phrase name, String qualifier, String column) {
    List<String> parts = name.identifiers();
    return parts.size() == 2
        && parts.getFirst().equals(qualifier)
        && parts.getLast().equals(column);
  }

  /** Whether a name is the column, unqualified or by the table's name in the statement. */
  static boolean isColumn(Phrase name, String qualifier, String column) {
    List<String> parts = name.identifiers();
    return parts.getLast().equals(column)
        && (parts.size() == 1 || parts.size() == 2 && parts.getFirst().equals(qualifier));
  }
}
