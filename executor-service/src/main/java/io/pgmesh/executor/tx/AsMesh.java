package io.pgmesh.executor.tx;

import io.pgmesh.executor.worker.Address;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.ConnectionPools;
import io.pgmesh.executor.worker.RowReader;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;

/** What the mesh does on servers as its own role, outside of clients' transactions. */
record AsMesh(ConnectionPools pools) {

  /** Runs one or more statements; one connection has all of them. */
  Future<List<List<String>>> run(Address server, String sql) {
    return on(server, connection -> RowReader.simple(connection, sql));
  }

  /** Has a connection until the work is over. */
  <T> Future<T> on(Address server, Function<BackendConnection, Future<T>> work) {
    return pools
        .acquireOwn(server)
        .compose(
            connection ->
                Future.succeededFuture(connection)
                    .compose(work)
                    .onComplete(done -> pools.release(connection)));
  }
}
