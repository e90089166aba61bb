package io.pgmesh.executor.run;

import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.catalog.Constraint;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.catalog.Shard;
import io.pgmesh.contracts.catalog.ShardNames;
import io.pgmesh.contracts.error.ErrorFields;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Names of tables, indexes and constraints that are so long that shards have them shortened: what
 * is left of them in an error when a shard's suffix is gone, and what clients call them.
 */
final class LongNames {
  static final LongNames NONE = new LongNames(Map.of());

  private static final List<String> FIELDS_WITH_NAMES =
      List.of(
          ErrorFields.MESSAGE,
          ErrorFields.DETAIL,
          ErrorFields.HINT,
          ErrorFields.WHERE,
          ErrorFields.TABLE,
          ErrorFields.CONSTRAINT);

  private final Map<String, String> byShortened;

  private LongNames(Map<String, String> byShortened) {
    this.byShortened = Map.copyOf(byShortened);
  }

  static LongNames of(CatalogSnapshot catalog) {
    var found = new HashMap<String, String>();
    catalog.tables().stream()
        .filter(Distributed.class::isInstance)
        .map(Distributed.class::cast)
        .filter(table -> !table.shards().isEmpty())
        .forEach(table -> add(table, found));
    return found.isEmpty() ? NONE : new LongNames(found);
  }

  private static void add(Distributed table, Map<String, String> found) {
    List<String> names =
        Stream.of(
                Stream.of(table.name()),
                table.indexes().stream(),
                table.constraints().stream().map(Constraint::name))
            .flatMap(some -> some)
            .toList();
    long most = table.shards().stream().mapToLong(Shard::shardId).max().orElseThrow();
    for (String name : names) {
      if (!ShardNames.withoutSuffix(name, most).equals(name)) {
        table.shards().stream()
            .map(shard -> ShardNames.withoutSuffix(name, shard.shardId()))
            .filter(shortened -> !shortened.equals(name))
            .forEach(shortened -> found.put(shortened, name));
      }
    }
  }

  /** The same with the names that clients know. */
  ErrorFields restore(ErrorFields error) {
    if (byShortened.isEmpty()) {
      return error;
    }
    ErrorFields fields = error;
    for (String field : FIELDS_WITH_NAMES) {
      String value = fields.get(field);
      if (value != null) {
        fields = fields.with(field, restore(value));
      }
    }
    return fields;
  }

  private String restore(String text) {
    String result = text;
    for (Map.Entry<String, String> name : byShortened.entrySet()) {
      result = result.replace(name.getKey(), name.getValue());
    }
    return result;
  }
}
