package io.pgmesh.router.planner;

import io.pgmesh.router.planner.Fact.ColumnRef;
import io.pgmesh.router.sql.Phrase;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What is known to hold together. */
record Facts(List<Fact> list) {
  static final Facts NONE = new Facts(List.of());

  Facts {
    list = List.copyOf(list);
  }

  /** All of them, each once: what a join and its parts say comes from several sides. */
  Facts and(Facts... others) {
    Set<Fact> all = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Fact> inOrder = new ArrayList<>();
    for (Facts facts : Stream.concat(Stream.of(this), Stream.of(others)).toList()) {
      facts.list.stream().filter(all::add).forEach(inOrder::add);
    }
    return new Facts(inOrder);
  }

  /** What a condition says plainly. */
  static Facts of(Phrase condition, Frame frame) {
    List<Fact> facts = new ArrayList<>();
    for (Phrase part : Conjuncts.of(condition).list()) {
      of(part, frame, facts);
    }
    return new Facts(facts);
  }

  private static void of(Phrase part, Frame frame, List<Fact> facts) {
    int name = part.nameLength(0);
    if (name > 0 && part.has(name, "in") && part.hasSymbol(name + 1, "(")) {
      frame
          .resolve(part.sub(0, name))
          .ifPresent(column -> inList(part.skip(name + 1), column, facts));
      return;
    }
    int equals = onlyEquals(part);
    if (equals <= 0) {
      return;
    }
    Phrase left = withoutParentheses(part.sub(0, equals));
    Phrase right = withoutParentheses(part.skip(equals + 1));
    Optional<ColumnRef> leftColumn = frame.resolve(left);
    Optional<ColumnRef> rightColumn = frame.resolve(right);
    if (leftColumn.isPresent() && rightColumn.isPresent()) {
      if (leftColumn.get().comparable(rightColumn.get())) {
        facts.add(new Fact.Same(leftColumn.get(), rightColumn.get()));
      }
    } else {
      leftColumn.ifPresent(column -> facts.add(new Fact.OneOf(column, List.of(right))));
      rightColumn.ifPresent(column -> facts.add(new Fact.OneOf(column, List.of(left))));
    }
  }

  private static void inList(Phrase list, ColumnRef column, List<Fact> facts) {
    boolean plain =
        list.behindBrackets(0) == list.size()
            && list.size() > 2
            && !list.has(1, "select")
            && !list.has(1, "with")
            && !list.has(1, "values")
            && !list.has(1, "table")
            && !list.hasSymbol(1, "(");
    if (plain) {
      facts.add(new Fact.OneOf(column, list.sub(1, list.size() - 1).split(",")));
    }
  }

  /**
   * Index of the one {@code =} outside of parentheses; -1 when there is none or another operator.
   */
  private static int onlyEquals(Phrase part) {
    int found = -1;
    int i = 0;
    while (i < part.size()) {
      if (part.hasSymbol(i, "(") || part.hasSymbol(i, "[")) {
        i = part.behindBrackets(i);
        continue;
      }
      if (part.has(i, "is")
          || part.has(i, "isnull")
          || part.has(i, "notnull")
          || part.has(i, "not")) {
        return -1; // these bind less than =
      }
      if (part.hasSymbol(i, "=")) {
        if (found >= 0) {
          return -1;
        }
        found = i;
      }
      i++;
    }
    return found;
  }

  static Phrase withoutParentheses(Phrase phrase) {
    Phrase inner = phrase;
    while (inner.size() > 2 && inner.hasSymbol(0, "(") && inner.behindBrackets(0) == inner.size()) {
      inner = inner.sub(1, inner.size() - 1);
    }
    return inner;
  }

  /** All columns equal to one, itself included. */
  Set<ColumnRef> equalTo(ColumnRef column) {
    return equalTo(List.of(column));
  }

  private Set<ColumnRef> equalTo(Collection<ColumnRef> columns) {
    Map<ColumnRef, List<ColumnRef>> same = new HashMap<>();
    for (Fact fact : list) {
      if (fact instanceof Fact.Same(var a, var b)) {
        same.computeIfAbsent(a, one -> new ArrayList<>()).add(b);
        same.computeIfAbsent(b, one -> new ArrayList<>()).add(a);
      }
    }
    Set<ColumnRef> found = new LinkedHashSet<>(columns);
    Deque<ColumnRef> left = new ArrayDeque<>(found);
    while (!left.isEmpty()) {
      same.getOrDefault(left.pop(), List.of()).stream().filter(found::add).forEach(left::push);
    }
    return found;
  }

  boolean connect(Collection<ColumnRef> some, Collection<ColumnRef> others) {
    return equalTo(some).stream().anyMatch(others::contains);
  }

  boolean mention(Set<Integer> sources) {
    return list.stream().anyMatch(fact -> fact.mentions(sources));
  }

  /** Lists of values that a column is restricted to, those with one value first. */
  List<List<Phrase>> valuesOf(ColumnRef column) {
    Set<ColumnRef> equal = equalTo(column);
    return list.stream()
        .filter(fact -> fact instanceof Fact.OneOf(var c, var v) && equal.contains(c))
        .map(fact -> ((Fact.OneOf) fact).values())
        .sorted(java.util.Comparator.comparingInt(List::size))
        .toList();
  }
}
