package io.pgmesh.router.planner;

import io.pgmesh.router.planner.Fact.ColumnRef;
import java.util.HashSet;
import java.util.Set;

/** How the rows of a part of FROM lie over the shards. */
sealed interface Partition {

  /** The same rows beside every shard. */
  record Everywhere() implements Partition {}

  /**
   * Computed shard by shard they are the whole.
   *
   * @param keys columns whose hash says at which shard a row is
   */
  record ByKey(Set<ColumnRef> keys) implements Partition {
    public ByKey {
      keys = Set.copyOf(keys);
    }
  }

  /** Computed shard by shard they would be wrong. */
  record Broken(String reason) implements Partition {}

  String NOT_ON_KEY = "distributed tables are not joined on their distribution columns";

  /** Rows of both sides that match. */
  static Partition inner(Partition left, Partition right, Facts known) {
    if (left instanceof Broken || right instanceof Everywhere) {
      return left;
    }
    if (right instanceof Broken || left instanceof Everywhere) {
      return right;
    }
    Set<ColumnRef> leftKeys = ((ByKey) left).keys();
    Set<ColumnRef> rightKeys = ((ByKey) right).keys();
    if (!known.connect(leftKeys, rightKeys)) {
      return new Broken(NOT_ON_KEY);
    }
    Set<ColumnRef> keys = new HashSet<>(leftKeys);
    keys.addAll(rightKeys);
    return new ByKey(keys);
  }

  /**
   * All rows of one side, with those of the other that match.
   *
   * @param known holds for the rows of the other side that match
   */
  static Partition outer(Partition kept, Partition other, Facts known) {
    if (kept instanceof Broken || other instanceof Everywhere) {
      return kept;
    }
    if (other instanceof Broken) {
      return other;
    }
    if (!(kept instanceof ByKey byKey)) {
      return new Broken("an outer join keeps all rows of a table that is not distributed");
    }
    return known.connect(byKey.keys(), ((ByKey) other).keys()) ? byKey : new Broken(NOT_ON_KEY);
  }

  /** All rows of both sides. */
  static Partition full(Partition left, Partition right, Facts condition) {
    if (left instanceof Broken || left instanceof Everywhere && right instanceof Everywhere) {
      return left;
    }
    if (left instanceof ByKey(var leftKeys)
        && right instanceof ByKey(var rightKeys)
        && condition.connect(leftKeys, rightKeys)) {
      return new ByKey(Set.of()); // either key may be NULL
    }
    return right instanceof Broken
        ? right
        : new Broken("a full join is not on the distribution columns");
  }
}
