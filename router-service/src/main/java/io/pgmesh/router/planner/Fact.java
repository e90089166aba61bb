package io.pgmesh.router.planner;

import io.pgmesh.router.sql.Phrase;
import java.util.List;
import java.util.Set;

/** Something that holds for every row that matters; false or unknown where a column is NULL. */
sealed interface Fact {

  /** Two columns of equal or equally hashed types are equal. */
  record Same(ColumnRef left, ColumnRef right) implements Fact {}

  /** A column equals one of some expressions. */
  record OneOf(ColumnRef column, List<Phrase> values) implements Fact {
    public OneOf {
      values = List.copyOf(values);
    }
  }

  /**
   * A column of a table where it stands in FROM.
   *
   * @param source unique in the statement
   */
  record ColumnRef(int source, String column, long typeOid, boolean composite) {
    boolean comparable(ColumnRef other) {
      return typeOid == other.typeOid
          || KeyValue.INTEGERS.contains(typeOid) && KeyValue.INTEGERS.contains(other.typeOid);
    }
  }

  /** Whether it says that a column of one of the sources is not NULL. */
  default boolean mentions(Set<Integer> sources) {
    return switch (this) {
      case Same(var left, var right) ->
          sources.contains(left.source()) || sources.contains(right.source());
      case OneOf(var column, var values) -> sources.contains(column.source());
    };
  }
}
