package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Column;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.catalog.MeshTable.Reference;
import io.pgmesh.contracts.catalog.Shard;
import io.pgmesh.router.planner.QueryAnalysis.Use;
import io.pgmesh.router.sql.Identifiers;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SqlWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Parts of the client's text with the names of tables replaced by those of shards. */
final class ShardText {
  private record Name(int end, String words) {}

  private final Map<Integer, Name> names = new TreeMap<>();
  private final List<Long> shardIds = new ArrayList<>();

  /** The text as it is. */
  static ShardText unchanged() {
    return new ShardText();
  }

  /** With the rows of one shard index in every table's place. */
  static ShardText of(List<Use> uses, int index) {
    return of(uses, List.of(index));
  }

  /**
   * With the rows of all these shards in a table's place, where there are several of them.
   *
   * @param uses several indexes go with one distributed table only
   */
  static ShardText of(List<Use> uses, List<Integer> indexes) {
    ShardText text = new ShardText();
    for (Use use : uses) {
      String rows =
          switch (use.table()) {
            case Distributed table -> text.rows(table, indexes);
            case Reference table -> Identifiers.qualified(table.schema(), table.name());
          };
      Phrase name = use.source().name();
      String alias = use.source().aliased() ? "" : " AS " + Identifiers.quote(use.source().alias());
      text.names.put(name.start(), new Name(name.end(), rows + alias));
    }
    return text;
  }

  private String rows(Distributed table, List<Integer> indexes) {
    List<String> relations = new ArrayList<>();
    for (int index : indexes) {
      Shard shard = table.shards().get(index);
      if (!shardIds.contains(shard.shardId())) {
        shardIds.add(shard.shardId());
      }
      relations.add(Shards.relation(table, shard));
    }
    if (relations.size() == 1) {
      return relations.getFirst();
    }
    String columns = Identifiers.list(table.columns().stream().map(Column::name).toList());
    return relations.stream()
        .map(relation -> "SELECT " + columns + " FROM " + relation)
        .collect(Collectors.joining(" UNION ALL ", "(", ")"));
  }

  List<Long> shardIds() {
    return shardIds;
  }

  /** Copies a part of the client's text. */
  void copy(Phrase part, SqlWriter out) {
    int at = part.start();
    for (var entry : names.entrySet()) {
      if (entry.getKey() >= at && entry.getKey() < part.end()) {
        out.copy(part.sql(), at, entry.getKey()).add(entry.getValue().words());
        at = entry.getValue().end();
      }
    }
    out.copy(part.sql(), at, part.end());
  }
}
