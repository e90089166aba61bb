package io.pgmesh.router.planner;

import io.pgmesh.router.planner.Fact.ColumnRef;
import io.pgmesh.router.planner.QueryAnalysis.Use;
import io.pgmesh.router.sql.Query.Join;
import io.pgmesh.router.sql.Query.Join.Kind;
import io.pgmesh.router.sql.Query.Source;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Joins of one block. A condition of an outer join restricts the side whose rows need a partner,
 * never the side that keeps its rows; equality in a condition above makes an outer join an inner
 * one.
 */
final class FromAnalysis {
  private final Frame frame;
  private final Map<Source, Integer> ids;
  private final Map<Integer, Facts> knownOfTables;
  private final List<Use> uses;
  // each found once: they are asked for again at every join above
  private final Map<Source, Facts> conditions = new IdentityHashMap<>();
  private final Map<Source, Facts> lifted = new IdentityHashMap<>();

  FromAnalysis(
      Frame frame, Map<Source, Integer> ids, Map<Integer, Facts> knownOfTables, List<Use> uses) {
    this.frame = frame;
    this.ids = ids;
    this.knownOfTables = knownOfTables;
    this.uses = uses;
  }

  /** What holds for all rows of a part of FROM by its own conditions. */
  Facts lifted(Source source) {
    Facts known = lifted.get(source);
    if (known == null) {
      known = source instanceof Join join ? ofJoin(join) : Facts.NONE;
      lifted.put(source, known);
    }
    return known;
  }

  private Facts ofJoin(Join join) {
    return switch (join.kind()) {
      case INNER -> condition(join).and(lifted(join.left()), lifted(join.right()));
      case LEFT -> lifted(join.left());
      case RIGHT -> lifted(join.right());
      case FULL -> Facts.NONE;
    };
  }

  private Facts condition(Join join) {
    Facts known = conditions.get(join);
    if (known == null) {
      known = conditionOf(join);
      conditions.put(join, known);
    }
    return known;
  }

  private Facts conditionOf(Join join) {
    List<Fact> facts = new ArrayList<>(Facts.of(join.on(), frame).list());
    for (String column : join.using()) {
      Optional<ColumnRef> left = frame.among(idsIn(join.left()), column);
      Optional<ColumnRef> right = frame.among(idsIn(join.right()), column);
      if (left.isPresent() && right.isPresent() && left.get().comparable(right.get())) {
        facts.add(new Fact.Same(left.get(), right.get()));
      }
    }
    return new Facts(facts);
  }

  private Set<Integer> idsIn(Source source) {
    Set<Integer> found = new HashSet<>();
    collect(source, found);
    return found;
  }

  private void collect(Source source, Set<Integer> found) {
    if (source instanceof Join join) {
      collect(join.left(), found);
      collect(join.right(), found);
    } else {
      found.add(ids.get(source));
    }
  }

  /**
   * Notes what is known of each table, and tells how the rows lie.
   *
   * @param known holds for the rows that matter
   */
  Partition place(Source source, Facts known) {
    if (!(source instanceof Join join)) {
      return leaf(ids.get(source), known);
    }
    Facts left = lifted(join.left());
    Facts right = lifted(join.right());
    Facts all = known.and(left, right, condition(join));
    return switch (kind(join, known)) {
      case INNER -> Partition.inner(place(join.left(), all), place(join.right(), all), all);
      case LEFT ->
          Partition.outer(place(join.left(), known.and(left)), place(join.right(), all), all);
      case RIGHT ->
          Partition.outer(place(join.right(), known.and(right)), place(join.left(), all), all);
      case FULL ->
          Partition.full(
              place(join.left(), known.and(left)),
              place(join.right(), known.and(right)),
              left.and(right, condition(join)));
    };
  }

  private Kind kind(Join join, Facts known) {
    boolean needsLeft = known.mention(idsIn(join.left()));
    boolean needsRight = known.mention(idsIn(join.right()));
    return switch (join.kind()) {
      case INNER -> Kind.INNER;
      case LEFT -> needsRight ? Kind.INNER : Kind.LEFT;
      case RIGHT -> needsLeft ? Kind.INNER : Kind.RIGHT;
      case FULL ->
          needsLeft && needsRight
              ? Kind.INNER
              : needsLeft ? Kind.LEFT : needsRight ? Kind.RIGHT : Kind.FULL;
    };
  }

  private Partition leaf(int id, Facts known) {
    Optional<Use> use = uses.stream().filter(one -> one.id() == id).findFirst();
    if (use.isEmpty() || !use.get().distributed()) {
      return new Partition.Everywhere();
    }
    knownOfTables.put(id, known);
    return new Partition.ByKey(Set.of(use.get().key()));
  }
}
