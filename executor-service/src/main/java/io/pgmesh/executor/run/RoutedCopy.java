package io.pgmesh.executor.run;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.Listener;
import io.pgmesh.executor.worker.ServerMessages;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of a query, each to the shard that owns it by COPY. All servers of the query are read at
 * once; of each the next part is fetched when enough of the last one is on its way. What is held is
 * a part a server, of about {@link #PART_BYTES} unless rows suddenly grow: the size of those before
 * tells how many are asked for, at most twice as many as the last time.
 */
final class RoutedCopy {
  private static final int FIRST_ROWS = 500;
  private static final int ROWS_MAX = 20_000;
  private static final int PART_BYTES = 1024 * 1024;

  private final int keyIndex;
  private final ShardKeys keys;
  private final ShardCopies copies;
  private final DataRowText text = new DataRowText();

  RoutedCopy(int keyIndex, ShardKeys keys, ShardCopies copies) {
    this.keyIndex = keyIndex;
    this.keys = keys;
    this.copies = copies;
  }

  /**
   * @param source open, in text format
   * @return how many rows were copied
   */
  Future<Long> run(Portal source) {
    List<Future<Void>> pumps =
        source.parts().stream()
            .map(portal -> pump(portal, FIRST_ROWS).onFailure(copies::abandon))
            .toList();
    return StatementRun.allOf(pumps)
        .compose(done -> copies.finish())
        .recover(cause -> copies.abandon(cause).compose(settled -> Future.failedFuture(cause)));
  }

  private Future<Void> pump(Portal portal, int rows) {
    var part = new Part();
    return portal
        .fetch(rows, false, part)
        .compose(fetched -> part.placed().map(fetched))
        .compose(fetched -> copies.ready().map(fetched))
        .compose(
            fetched -> fetched.done() ? Future.succeededFuture() : pump(portal, part.next(rows)));
  }

  private void add(int shard, ByteBuf row) {
    Buffer out = copies.rowsOf(shard);
    int before = out.length();
    text.append(out, row);
    copies.added(shard, 0, 1, out.length() - before);
  }

  /** What one fetch gives. */
  private final class Part implements Listener {
    private final List<byte[]> keysToAsk = new ArrayList<>();
    private final List<ByteBuf> rowsToPlace = new ArrayList<>();
    private long bytes;
    private SqlError failure;

    @Override
    public void rows(BackendConnection from, Buffer frames) {
      bytes += frames.length();
      ServerMessages.eachBody(frames, this::row);
    }

    private void row(ByteBuf row) {
      if (failure != null) {
        return;
      }
      try {
        byte[] key = ServerMessages.column(row, keyIndex);
        keys.shardOf(key, 0)
            .ifPresentOrElse(
                shard -> add(shard, row),
                () -> {
                  keysToAsk.add(key);
                  rowsToPlace.add(body(row));
                });
      } catch (SqlError refused) {
        failure = refused;
      }
    }

    /** A copy that is valid beyond the call. */
    private static ByteBuf body(ByteBuf row) {
      int end = row.readerIndex() - 4 + row.getInt(row.readerIndex() - 4);
      return Unpooled.copiedBuffer(row.slice(row.readerIndex(), end - row.readerIndex()));
    }

    /** Completes when every row has its shard. */
    Future<Void> placed() {
      if (failure != null) {
        return Future.failedFuture(failure);
      }
      return keys.shardsOf(keysToAsk, 0)
          .map(
              shards -> {
                for (int i = 0; i < shards.length; i++) {
                  add(shards[i], rowsToPlace.get(i));
                }
                return null;
              });
    }

    /** How many rows of this size make a part. */
    int next(int rows) {
      long wanted = rows * (long) PART_BYTES / Math.max(bytes, 1);
      return (int) Math.clamp(wanted, 1, Math.min(ROWS_MAX, 2 * rows));
    }
  }
}
