package io.pgmesh.executor.tx;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.executor.worker.Address;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Listener;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** One server's part in a transaction: a connection pinned until the end. */
public final class Participant {

  /** Whose settings statements run under. */
  public enum Mode {
    CLIENT,
    /** Those that postgres_fdw expects of a server that it talks to. */
    LOOPBACK,
    /** The client's, but floats have all their digits: for rows that go on to another server. */
    EXACT
  }

  private static final String LOOPBACK_SETTINGS =
      "('datestyle', 'ISO'), ('intervalstyle', 'postgres'), ('extra_float_digits', '3'),"
          + " ('search_path', 'pg_catalog')";
  private static final String EXACT_SETTINGS = "('extra_float_digits', '3')";

  private final Address address;
  private final BackendConnection connection;
  private Mode mode = Mode.CLIENT;
  private boolean inBlock;
  private boolean wrote;
  private boolean used;
  private boolean watched;
  private String settingNames = "{}";
  private Future<LeftBehind> left; // null until asked for

  /** That it wrote to; no more than the mesh has. */
  private final Set<Long> shardIds = new HashSet<>();

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

  /** Something of the client's ran here, or will: it has not only told the time. */
  public void use() {
    used = true;
  }

  boolean used() {
    return used;
  }

  /**
   * Users' code may run here: what it leaves must not stay for others.
   *
   * @param known what is known of it
   */
  public void watch(UsersCode known) {
    watched = true;
    settingNames = known.names();
    left = null;
  }

  public boolean watched() {
    return watched;
  }

  /** Asks what users' code has left, with what was sent last; the transaction ends with that. */
  public void look() {
    if (watched && left == null) {
      left = LeftBehind.ask(connection, settingNames);
    }
  }

  /** The same once more, by other names of settings. */
  public Future<LeftBehind> lookAgain(UsersCode known) {
    watch(known);
    return left();
  }

  /** What {@link #look} finds. */
  public Future<LeftBehind> left() {
    look();
    return left;
  }

  /** Whether the commit must count it as a writer. */
  public boolean wrote() {
    return wrote;
  }

  public void markWriter() {
    wrote = true;
  }

  /** As {@link #markWriter}; errors at the end are about these shards. */
  public void markWriter(Collection<Long> ofShards) {
    wrote = true;
    shardIds.addAll(ofShards);
  }

  void begin(String sql) {
    inBlock = true;
    connection.leads().add(sql);
  }

  /** Commits what nobody needs to wait for. */
  void commitLater() {
    connection.leads().addEnd("COMMIT");
  }

  /** Makes the next statement run under these settings; sent ahead of it, answered by nobody. */
  public void enter(Mode wanted) {
    if (mode != wanted) {
      settings(mode).ifPresent(values -> Flight.ahead(connection, leaving(values)));
      settings(wanted).ifPresent(values -> Flight.ahead(connection, entering(values)));
      mode = wanted;
    }
  }

  private static Optional<String> settings(Mode mode) {
    return switch (mode) {
      case CLIENT -> Optional.empty();
      case LOOPBACK -> Optional.of(LOOPBACK_SETTINGS);
      case EXACT -> Optional.of(EXACT_SETTINGS);
    };
  }

  private static String entering(String values) {
    return "SELECT pg_catalog.set_config('pgmesh.client_' || name, pg_catalog.current_setting(name), true),"
        + " pg_catalog.set_config(name, value, true) FROM (VALUES %s) AS v(name, value)"
            .formatted(values);
  }

  private static String leaving(String values) {
    return "SELECT pg_catalog.set_config(name, pg_catalog.current_setting('pgmesh.client_' || name), true)"
        + " FROM (VALUES %s) AS v(name, value)".formatted(values);
  }

  /** ROLLBACK TO undoes settings of the mesh's own: every savepoint is made under the client's. */
  void backToSavepoint() {
    mode = Mode.CLIENT;
  }

  /** Runs a statement of the transaction itself. */
  public Future<Flight.Outcome> control(String sql, Listener listener) {
    return Flight.simple(connection, sql, listener)
        .future()
        .recover(cause -> Future.failedFuture(named(cause)));
  }

  /** What was put off until now fails without its statement: these are the shards it was about. */
  private SqlError named(Throwable cause) {
    return shardIds.isEmpty() ? SqlError.from(cause) : ShardErrors.hide(cause, shardIds);
  }
}
