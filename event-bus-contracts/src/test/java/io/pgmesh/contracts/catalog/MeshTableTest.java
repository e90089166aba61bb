package io.pgmesh.contracts.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeshTableTest {
  @Test
  void every_hash_belongs_to_the_shard_whose_range_holds_it() {
    for (int count : List.of(1, 2, 5, 32)) {
      var table = tableOf(count);
      for (int index = 0; index < count; index++) {
        Shard shard = table.shards().get(index);
        assertThat(table.shardIndex(shard.minHash())).isEqualTo(index);
        assertThat(table.shardIndex(shard.maxHash())).isEqualTo(index);
      }
    }
  }

  private static MeshTable.Distributed tableOf(int count) {
    long step = (1L << 32) / count;
    var shards = new ArrayList<Shard>();
    for (int i = 0; i < count; i++) {
      int low = (int) (Integer.MIN_VALUE + i * step);
      int high = i == count - 1 ? Integer.MAX_VALUE : (int) (low + step - 1);
      shards.add(new Shard(102008 + i, low, high, List.of(1)));
    }
    return new MeshTable.Distributed(1, "public", "t", List.of(), "id", 1, shards);
  }
}
