package io.pgmesh.executor.run;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.hash.HashRanges;
import io.pgmesh.contracts.hash.PgHash;
import io.pgmesh.contracts.plan.Plan.ShardTarget;
import io.pgmesh.contracts.plan.Plan.ShardedTarget;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Which shard owns a key. */
final class ShardKeys {
  private final Session session;
  private final ShardedTarget target;

  ShardKeys(Session session, ShardedTarget target) {
    this.session = session;
    this.target = target;
  }

  /**
   * @param format 0 text, 1 binary
   * @return the shard's index, or empty when the coordinator database must hash the key
   * @throws SqlError 22004 for NULL
   */
  OptionalInt shardOf(byte[] key, int format) {
    if (target.shards().size() == 1) {
      return OptionalInt.of(0); // whatever the key, also where there is none
    }
    if (key == null) {
      throw new SqlError(
          SqlState.NULL_VALUE_NOT_ALLOWED,
          "the partition column of table " + target.table() + " cannot be NULL");
    }
    OptionalInt hash = PgHash.hash(target.keyTypeOid(), format, key);
    return hash.isPresent() ? OptionalInt.of(shardOfHash(hash.getAsInt())) : hash;
  }

  private int shardOfHash(int hash) {
    List<ShardTarget> shards = target.shards();
    return HashRanges.indexOf(hash, shards.size(), index -> shards.get(index).minHash());
  }

  /**
   * Shards of keys in their order; the coordinator database hashes those that Java cannot.
   *
   * @param format 0 text, 1 binary
   * @throws SqlError 22004 for NULL
   */
  Future<int[]> shardsOf(List<byte[]> keys, int format) {
    int[] shards = new int[keys.size()];
    var unknown = new ArrayList<Integer>();
    for (int i = 0; i < shards.length; i++) {
      OptionalInt shard = shardOf(keys.get(i), format);
      if (shard.isPresent()) {
        shards[i] = shard.getAsInt();
      } else {
        unknown.add(i);
      }
    }
    return ask(unknown.stream().map(keys::get).toList(), format)
        .map(
            answers -> {
              for (int i = 0; i < answers.length; i++) {
                shards[unknown.get(i)] = answers[i];
              }
              return shards;
            });
  }

  private Future<int[]> ask(List<byte[]> keys, int format) {
    if (keys.isEmpty()) {
      return Future.succeededFuture(new int[0]);
    }
    if (format != 0) {
      return Future.failedFuture(
          new SqlError(
              SqlState.FEATURE_NOT_SUPPORTED,
              "binary values of type " + target.keyType() + " cannot be placed",
              "Use the text or csv format."));
    }
    List<String> texts = keys.stream().map(key -> new String(key, StandardCharsets.UTF_8)).toList();
    return Inspection.onCoordinator(
            session, connection -> ValueHashes.hash(connection, target.keyType(), texts))
        .map(hashes -> hashes.stream().mapToInt(this::shardOfHash).toArray());
  }
}
