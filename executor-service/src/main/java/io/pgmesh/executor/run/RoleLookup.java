package io.pgmesh.executor.run;

import io.pgmesh.contracts.api.ExecutorApi.FoundRole;
import io.pgmesh.executor.worker.Address;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.ConnectionPools;
import io.pgmesh.executor.worker.RowReader;
import io.vertx.core.Future;
import java.util.List;

/** Reads a role from the coordinator database, as the mesh's own role. */
final class RoleLookup {
  private static final String WITH_VERIFIER =
      "SELECT rolcanlogin, coalesce(rolpassword, '') FROM pg_catalog.pg_authid WHERE rolname = $1";
  private static final String WITHOUT_VERIFIER =
      "SELECT rolcanlogin, '' FROM pg_catalog.pg_roles WHERE rolname = $1";

  private RoleLookup() {}

  static Future<FoundRole> find(ConnectionPools pools, Address coordinator, String role) {
    return pools
        .acquire(coordinator, "")
        .compose(
            connection ->
                find(connection, role)
                    .eventually(
                        () -> {
                          pools.release(connection);
                          return Future.succeededFuture();
                        }));
  }

  private static Future<FoundRole> find(BackendConnection connection, String role) {
    return RowReader.query(connection, WITH_VERIFIER, role)
        .recover(unreadable -> RowReader.query(connection, WITHOUT_VERIFIER, role))
        .map(RoleLookup::found);
  }

  private static FoundRole found(List<List<String>> rows) {
    if (rows.isEmpty()) {
      return new FoundRole(false, false, "");
    }
    List<String> row = rows.getFirst();
    String verifier = row.get(1).startsWith("SCRAM-SHA-256$") ? row.get(1) : "";
    return new FoundRole(true, row.getFirst().equals("t"), verifier);
  }
}
