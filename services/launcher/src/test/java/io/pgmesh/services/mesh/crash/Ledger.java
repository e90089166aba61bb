package io.pgmesh.services.mesh.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.mesh.wire.Endpoint;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that write until they are told to stop, whatever happens to their connections, and
 * remember what was acknowledged: rows of one shard, transfers between two shards, rows of a
 * reference table.
 */
final class Ledger implements AutoCloseable {
  static final int ACCOUNTS = 40;
  static final long OPENING_BALANCE = 1000;
  private static final int CLIENTS_OF_EACH_KIND = 2;
  private static final Duration FINISHED_WITHIN = Duration.ofSeconds(10);

  static final List<String> SCHEMA =
      List.of(
          "CREATE TABLE accounts (account int PRIMARY KEY, balance bigint NOT NULL)",
          "CREATE TABLE legs (account int, transfer bigint, PRIMARY KEY (account, transfer))",
          "CREATE TABLE entries (account int, entry bigint, PRIMARY KEY (account, entry))",
          "CREATE TABLE rates (id bigint PRIMARY KEY, rate int NOT NULL)",
          "SELECT create_distributed_table('accounts', 'account')",
          "SELECT create_distributed_table('legs', 'account')",
          "SELECT create_distributed_table('entries', 'account')",
          "SELECT create_reference_table('rates')",
          "INSERT INTO accounts SELECT i, "
              + OPENING_BALANCE
              + " FROM generate_series(1, "
              + ACCOUNTS
              + ") i");

  private final Endpoint mesh;
  private final AtomicLong ids;
  private final Set<Long> entries = ConcurrentHashMap.newKeySet();
  private final Set<Long> transfers = ConcurrentHashMap.newKeySet();
  private final Set<Long> rates = ConcurrentHashMap.newKeySet();
  private final Queue<SQLException> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong slowestNanos = new AtomicLong();
  private final List<Thread> clients = new ArrayList<>();
  private volatile boolean stopping;

  private interface Write {
    void with(Connection connection, long id) throws SQLException;
  }

  /**
   * @param firstId a number above all ids used before in this mesh
   */
  Ledger(Endpoint mesh, long firstId) {
    this.mesh = mesh;
    this.ids = new AtomicLong(firstId);
  }

  void start() {
    for (int i = 0; i < CLIENTS_OF_EACH_KIND; i++) {
      clients.add(Thread.ofVirtual().start(() -> repeat(Ledger::enter, entries)));
      clients.add(Thread.ofVirtual().start(() -> repeat(Ledger::transfer, transfers)));
      clients.add(Thread.ofVirtual().start(() -> repeat(Ledger::rate, rates)));
    }
  }

  private void repeat(Write write, Set<Long> acknowledged) {
    while (!stopping) {
      try (Connection connection = DriverManager.getConnection(mesh.jdbc() + "&socketTimeout=30")) {
        while (!stopping) {
          long id = ids.incrementAndGet();
          long begin = System.nanoTime();
          write.with(connection, id);
          acknowledged.add(id);
          slowestNanos.accumulateAndGet(System.nanoTime() - begin, Math::max);
        }
      } catch (SQLException e) {
        failures.add(e);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20)); // and connect again
      }
    }
  }

  private static void enter(Connection connection, long id) throws SQLException {
    update(connection, "INSERT INTO entries VALUES (?, ?)", id % ACCOUNTS + 1, id);
  }

  private static void transfer(Connection connection, long id) throws SQLException {
    long one = ThreadLocalRandom.current().nextLong(1, ACCOUNTS);
    long other = ThreadLocalRandom.current().nextLong(one + 1, ACCOUNTS + 1);
    connection.setAutoCommit(false);
    update(connection, "UPDATE accounts SET balance = balance - 7 WHERE account = ?", one);
    update(connection, "UPDATE accounts SET balance = balance + 7 WHERE account = ?", other);
    update(connection, "INSERT INTO legs VALUES (?, ?)", one, id);
    update(connection, "INSERT INTO legs VALUES (?, ?)", other, id);
    connection.commit();
    connection.setAutoCommit(true);
  }

  private static void rate(Connection connection, long id) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO rates VALUES (" + id + ", 0)");
    }
  }

  private static void update(Connection connection, String sql, long... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setLong(i + 1, values[i]);
      }
      if (statement.executeUpdate() != 1) {
        throw new IllegalStateException("no row: " + sql);
      }
    }
  }

  /** The least number of acknowledged writes of any kind. */
  int progress() {
    return Math.min(entries.size(), Math.min(transfers.size(), rates.size()));
  }

  /** What clients were told instead of an acknowledgement. */
  Queue<SQLException> failures() {
    return failures;
  }

  /** How long the slowest acknowledged write took. */
  Duration slowest() {
    return Duration.ofNanos(slowestNanos.get());
  }

  /** Everything acknowledged is there, nothing is half there, nothing prepared is left. */
  void assertKept(MeshState state) throws SQLException {
    assertThat(state.numbers("SELECT entry FROM entries")).containsAll(entries);
    assertThat(state.numbers("SELECT id FROM rates")).containsAll(rates);
    state.awaitNothingPrepared(FINISHED_WITHIN);
    assertThat(state.numbers("SELECT transfer FROM legs GROUP BY transfer HAVING count(*) <> 2"))
        .isEmpty();
    assertThat(state.numbers("SELECT transfer FROM legs")).containsAll(transfers);
    assertThat(state.numbers("SELECT sum(balance) FROM accounts"))
        .containsExactly(ACCOUNTS * OPENING_BALANCE);
    state.assertReplicated("rates");
  }

  long lastId() {
    return ids.get();
  }

  /** Tells the clients to stop and waits for them. */
  @Override
  public void close() {
    stopping = true;
    for (Thread client : clients) {
      try {
        client.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
