package io.pgmesh.router.planner;

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

/** Parts of the client's text with the names of tables replaced by those of one shard index. */
final class ShardText {
  private record Name(int end, String words) {}

  private final Map<Integer, Name> names = new TreeMap<>();
  private final List<Long> shardIds = new ArrayList<>();

  /** The text as it is. */
  static ShardText unchanged() {
    return new ShardText();
  }

  static ShardText of(List<Use> uses, int index) {
    ShardText text = new ShardText();
    for (Use use : uses) {
      String relation =
          switch (use.table()) {
            case Distributed table -> {
              Shard shard = table.shards().get(index);
              if (!text.shardIds.contains(shard.shardId())) {
                text.shardIds.add(shard.shardId());
              }
              yield Shards.relation(table, shard);
            }
            case Reference table -> Identifiers.qualified(table.schema(), table.name());
          };
      Phrase name = use.source().name();
      String alias = use.source().aliased() ? "" : " AS " + Identifiers.quote(use.source().alias());
      text.names.put(name.start(), new Name(name.end(), relation + alias));
    }
    return text;
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
