package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.router.planner.Fact.ColumnRef;
import io.pgmesh.router.sql.Keywords;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The names that expressions of a query block may use, and those of the blocks around it. */
final class Frame {
  private final Optional<Frame> outer;
  private final List<Named> sources = new ArrayList<>();
  private boolean mergesUnclearly;
  private boolean mergesColumns;

  /**
   * A part of FROM.
   *
   * @param table where its columns are known
   */
  record Named(int id, String alias, Optional<MeshTable> table) {
    Optional<ColumnRef> column(String name) {
      return table.stream()
          .flatMap(known -> known.columns().stream())
          .filter(column -> column.name().equals(name))
          .map(column -> new ColumnRef(id, name, column.typeOid(), column.composite()))
          .findFirst();
    }
  }

  Frame(Optional<Frame> outer) {
    this.outer = outer;
  }

  void add(Named source) {
    sources.add(source);
  }

  List<Named> sources() {
    return sources;
  }

  /** Notes that a column of several tables may be either's. */
  void note(Query.Join join) {
    boolean merges = join.natural() || !join.using().isEmpty();
    boolean keepsLeft = join.kind() == Query.Join.Kind.INNER || join.kind() == Query.Join.Kind.LEFT;
    mergesColumns |= merges;
    mergesUnclearly |= join.natural() || merges && !keepsLeft;
  }

  /** Whether {@code *} shows a column of several tables once. */
  boolean mergesColumns() {
    return mergesColumns;
  }

  /** The column that a name means; empty when the phrase is no name or that is not certain. */
  Optional<ColumnRef> resolve(Phrase name) {
    if (name.isEmpty() || name.nameLength(0) != name.size()) {
      return Optional.empty();
    }
    List<String> parts = name.identifiers();
    if (parts.size() == 1 && !Keywords.isReserved(name.first())) {
      return unqualified(parts.getFirst());
    }
    return parts.size() == 2 ? qualified(parts.getFirst(), parts.getLast()) : Optional.empty();
  }

  private Optional<ColumnRef> unqualified(String column) {
    List<ColumnRef> found = sources.stream().flatMap(s -> s.column(column).stream()).toList();
    if (found.size() == 1 || found.size() > 1 && !mergesUnclearly) {
      return Optional.of(found.getFirst());
    }
    boolean known = sources.stream().allMatch(source -> source.table().isPresent());
    return found.isEmpty() && known
        ? outer.flatMap(frame -> frame.unqualified(column))
        : Optional.empty();
  }

  private Optional<ColumnRef> qualified(String alias, String column) {
    for (Named source : sources) {
      if (source.alias().equals(alias)) {
        return source.column(column);
      }
    }
    return outer.flatMap(frame -> frame.qualified(alias, column));
  }

  /** The column of this name that some of the sources have, if only one has it. */
  Optional<ColumnRef> among(Set<Integer> ids, String column) {
    List<ColumnRef> found =
        sources.stream()
            .filter(source -> ids.contains(source.id()))
            .flatMap(source -> source.column(column).stream())
            .toList();
    boolean known =
        sources.stream()
            .filter(source -> ids.contains(source.id()))
            .allMatch(source -> source.table().isPresent());
    return found.size() == 1 && known ? Optional.of(found.getFirst()) : Optional.empty();
  }

  Optional<Frame> outer() {
    return outer;
  }

  /** Whether the name is a table's in this block. */
  boolean isAlias(String name) {
    return sources.stream().anyMatch(source -> source.alias().equals(name));
  }

  /** Whether some table of this block has such a column. */
  boolean hasColumn(String name) {
    return sources.stream().anyMatch(source -> source.column(name).isPresent());
  }
}
