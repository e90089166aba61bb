package io.pgmesh.executor.run;

import io.pgmesh.contracts.api.ExecutorApi.FoundRole;
import io.pgmesh.executor.worker.Address;
import io.pgmesh.executor.worker.ConnectionPools;
import io.pgmesh.executor.worker.RowReader;
import io.vertx.core.Future;
import java.util.List;

/**
 * Reads a role from the coordinator database, as the mesh's own role. Where that may not read what
 * the server keeps of passwords, clients must show the one that the mesh itself logs in with.
 */
final class RoleLookup {
  private static final String ROLE =
      "SELECT rolcanlogin, pg_catalog.has_table_privilege('pg_catalog.pg_authid', 'SELECT')"
          + " FROM pg_catalog.pg_roles WHERE rolname = $1";
  private static final String KEPT =
      "SELECT coalesce(rolpassword, '') FROM pg_catalog.pg_authid WHERE rolname = $1";

  private final ConnectionPools pools;
  private final Address coordinator;
  private final PasswordVerifiers verifiers;
  private final SharedQuestions<String, FoundRole> questions = new SharedQuestions<>(this::read);

  RoleLookup(ConnectionPools pools, Address coordinator, PasswordVerifiers verifiers) {
    this.pools = pools;
    this.coordinator = coordinator;
    this.verifiers = verifiers;
  }

  /** Thousands of clients may come at once, most of them with one role. */
  Future<FoundRole> find(String role) {
    return questions.ask(role);
  }

  private Future<FoundRole> read(String role) {
    return ask(ROLE, role)
        .compose(
            rows -> {
              if (rows.isEmpty()) {
                return Future.succeededFuture(new FoundRole(false, false, ""));
              }
              boolean canLogin = rows.getFirst().get(0).equals("t");
              boolean readable = rows.getFirst().get(1).equals("t");
              return (readable ? kept(role) : made(role))
                  .map(verifier -> new FoundRole(true, canLogin, verifier));
            });
  }

  private Future<String> kept(String role) {
    return ask(KEPT, role)
        .map(rows -> rows.isEmpty() ? "" : rows.getFirst().getFirst())
        .map(text -> text.startsWith("SCRAM-SHA-256$") ? text : "");
  }

  private Future<String> made(String role) {
    return pools
        .password(role)
        .compose(
            password ->
                password
                    .filter(text -> !text.isEmpty())
                    .map(text -> verifiers.of(role, text))
                    .orElseGet(() -> Future.succeededFuture("")));
  }

  private Future<List<List<String>>> ask(String sql, String role) {
    return pools.asMesh(coordinator, connection -> RowReader.query(connection, sql, role));
  }
}
