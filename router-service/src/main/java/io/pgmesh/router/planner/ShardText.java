package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.catalog.Shard;
import io.pgmesh.router.planner.QueryAnalysis.Use;
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
    ShardText text = new ShardText();
    for (Use use : uses) {
      text.put(
          use, use.table() instanceof Distributed table ? text.shard(table, index) : name(use));
    }
    return text;
  }

  /**
   * With the rows of all these shards in the place of the only distributed table.
   *
   * @param query says which of the table's columns are needed: a client may not read others
   */
  static ShardText fused(List<Use> uses, List<Integer> indexes, Phrase query) {
    ShardText text = new ShardText();
    for (Use use : uses) {
      text.put(
          use,
          use.table() instanceof Distributed table
              ? text.rows(use, table, indexes, query)
              : name(use));
    }
    return text;
  }

  private void put(Use use, String rows) {
    Phrase name = use.source().name();
    String alias = use.source().aliased() ? "" : " AS " + Identifiers.quote(use.source().alias());
    names.put(name.start(), new Name(name.end(), rows + alias));
  }

  private static String name(Use use) {
    return Identifiers.qualified(use.table().schema(), use.table().name());
  }

  private String shard(Distributed table, int index) {
    Shard shard = table.shards().get(index);
    if (!shardIds.contains(shard.shardId())) {
      shardIds.add(shard.shardId());
    }
    return Shards.relation(table, shard);
  }

  private String rows(Use use, Distributed table, List<Integer> indexes, Phrase query) {
    String columns = Identifiers.list(new UsedColumns(query).of(use, table));
    return indexes.stream()
        .map(index -> "SELECT " + columns + " FROM " + shard(table, index))
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
