package io.pgmesh.executor.tx;

import io.pgmesh.executor.worker.Address;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Listener;
import io.vertx.core.Future;

/** One server's part in a transaction: a connection pinned until the end. */
public final class Participant {

  /** Whose settings statements run under. */
  public enum Mode {
    CLIENT,
    /** Those that postgres_fdw expects of a server that it talks to. */
    LOOPBACK
  }

  private static final String ENTER_LOOPBACK =
      "SELECT pg_catalog.set_config('pgmesh.client_' || name, pg_catalog.current_setting(name), true),"
          + " pg_catalog.set_config(name, value, true)"
          + " FROM (VALUES ('datestyle', 'ISO'), ('intervalstyle', 'postgres'),"
          + " ('extra_float_digits', '3'), ('search_path', 'pg_catalog')) AS v(name, value)";
  private static final String LEAVE_LOOPBACK =
      "SELECT pg_catalog.set_config(name, pg_catalog.current_setting('pgmesh.client_' || name), true)"
          + " FROM (VALUES ('datestyle'), ('intervalstyle'), ('extra_float_digits'),"
          + " ('search_path')) AS v(name)";

  private final Address address;
  private final BackendConnection connection;
  private Mode mode = Mode.CLIENT;
  private boolean inBlock;
  private boolean wrote;

  Participant(Address address, BackendConnection connection) {
    this.address = address;
    this.connection = connection;
  }

  public Address address() {
    return address;
  }

  public BackendConnection connection() {
    return connection;
  }

  /** Whether BEGIN was sent. */
  public boolean inBlock() {
    return inBlock;
  }

  /** Whether the commit must count it as a writer. */
  public boolean wrote() {
    return wrote;
  }

  public void markWriter() {
    wrote = true;
  }

  void begin(String sql) {
    inBlock = true;
    Flight.ahead(connection, sql);
  }

  /** Makes the next statement run under these settings; sent ahead of it, answered by nobody. */
  public void enter(Mode wanted) {
    if (mode != wanted) {
      mode = wanted;
      String switching = wanted == Mode.LOOPBACK ? ENTER_LOOPBACK : LEAVE_LOOPBACK;
      Flight.ahead(connection, switching);
    }
  }

  /** ROLLBACK TO undoes the loopback's settings: every savepoint is made under the client's. */
  void backToSavepoint() {
    mode = Mode.CLIENT;
  }

  /** Runs a statement of the transaction itself. */
  public Future<Flight.Outcome> control(String sql, Listener listener) {
    return Flight.simple(connection, sql, listener).future();
  }
}
