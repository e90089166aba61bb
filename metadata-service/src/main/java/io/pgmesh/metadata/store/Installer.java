package io.pgmesh.metadata.store;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;

/**
 * Makes the catalog in the coordinator database: tables, views, functions and the server that leads
 * back into the mesh. Does nothing where this version is installed already.
 */
public final class Installer {
  private static final int OLDEST_VERSION = 150000; // application_name %p came with 15
  private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtext('pgmesh install'))";
  private static final String SERVER =
      """
      SELECT current_setting('server_version_num')::integer,
        (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
        to_regprocedure('pgmesh.catalog_schema()') IS NOT NULL,
        to_regclass('pgmesh.installed') IS NOT NULL
      """;

  private final Pool pool;

  public Installer(Pool pool) {
    this.pool = pool;
  }

  /** What the installing role finds. */
  private record Found(int version, boolean superuser, boolean hasCatalog, boolean hasVersion) {
    static Found of(Row row) {
      return new Found(row.getInteger(0), row.getBoolean(1), row.getBoolean(2), row.getBoolean(3));
    }
  }

  /** Installs in one transaction; of several services that try at once one works. */
  public Future<Void> install(Loopback loopback) {
    return pool.withTransaction(
        connection ->
            connection
                .query(LOCK)
                .execute()
                .compose(locked -> connection.query(SERVER).execute())
                .map(rows -> Found.of(rows.iterator().next()))
                .compose(found -> installInto(connection, found))
                .compose(installed -> configure(connection, loopback)));
  }

  private static Future<Void> installInto(SqlConnection connection, Found found) {
    if (found.version() < OLDEST_VERSION) {
      return Future.failedFuture(
          new SqlError(
              SqlState.FEATURE_NOT_SUPPORTED,
              "the coordinator database must be PostgreSQL 15 or later, not "
                  + found.version() / 10000));
    }
    return schema(connection, found)
        .map(InstallScript::forSchema)
        .compose(
            script ->
                installedVersion(connection, found)
                    .compose(
                        version ->
                            version.equals(script.version())
                                ? Future.succeededFuture()
                                : run(connection, script, found.superuser())));
  }

  /** Stays where it was installed first, whoever installs now. */
  private static Future<String> schema(SqlConnection connection, Found found) {
    if (!found.hasCatalog()) {
      return Future.succeededFuture(found.superuser() ? "pg_catalog" : "citus");
    }
    return connection
        .query("SELECT pgmesh.catalog_schema()")
        .execute()
        .map(rows -> rows.iterator().next().getString(0));
  }

  private static Future<String> installedVersion(SqlConnection connection, Found found) {
    if (!found.hasVersion()) {
      return Future.succeededFuture("");
    }
    return connection
        .query("SELECT coalesce(max(version), '') FROM pgmesh.installed")
        .execute()
        .map(rows -> rows.iterator().next().getString(0));
  }

  private static Future<Void> run(
      SqlConnection connection, InstallScript script, boolean superuser) {
    Future<?> chain = connection.query("SET LOCAL client_min_messages = warning").execute();
    // functions of one file call those of a later one
    chain = chain.compose(x -> query(connection, "SET LOCAL check_function_bodies = off"));
    if (superuser) {
      chain = chain.compose(x -> query(connection, "SET LOCAL allow_system_table_mods = on"));
    }
    for (String text : script.texts()) {
      chain = chain.compose(x -> query(connection, text));
    }
    return chain
        .compose(x -> query(connection, "DELETE FROM pgmesh.installed"))
        .compose(
            x ->
                connection
                    .preparedQuery("INSERT INTO pgmesh.installed (version) VALUES ($1)")
                    .execute(Tuple.of(script.version())))
        .mapEmpty();
  }

  private static Future<?> query(SqlConnection connection, String sql) {
    return connection.query(sql).execute();
  }

  private static Future<Void> configure(SqlConnection connection, Loopback loopback) {
    return connection
        .preparedQuery("SELECT pgmesh.configure_loopback($1, $2, $3)")
        .execute(Tuple.of(loopback.address().host(), loopback.address().port(), loopback.secret()))
        .mapEmpty();
  }
}
