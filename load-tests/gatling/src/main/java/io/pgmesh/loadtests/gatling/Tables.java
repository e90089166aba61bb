package io.pgmesh.loadtests.gatling;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.postgresql.PGConnection;

/** Makes the tables anew, with the same rows each time. */
public final class Tables {
  public static final int ACCOUNTS = 10;
  public static final int REGIONS = 8;
  private static final int DAYS = 30;
  static final int BALANCE = 1000;
  private static final int AMOUNT_MAX = 1000;
  private static final int ROWS_AT_ONCE = 10_000;

  private final SplittableRandom random = new SplittableRandom(Settings.SEED);
  private final int tenants = Settings.tenants();
  private final Skew skew = new Skew(tenants);
  private final Written written;

  private Tables(Written written) {
    this.written = written;
  }

  /** Makes them and counts their rows as written. */
  public static void make(Written written) {
    try (Connection connection = DriverManager.getConnection(Settings.jdbcUrl());
        var statement = connection.createStatement()) {
      for (String sql : Sql.TABLES) {
        statement.execute(sql);
      }
      new Tables(written).fill(connection);
    } catch (SQLException e) {
      throw new IllegalStateException("the tables cannot be made: " + e.getMessage(), e);
    }
  }

  private void fill(Connection connection) throws SQLException {
    copy(connection, Sql.COPY_ACCOUNTS, tenants * ACCOUNTS, this::account);
    copy(connection, Sql.COPY_ENTRIES, Settings.rows(), this::entry);
    try (var statement = connection.createStatement()) {
      statement.execute("ANALYZE pgmesh_load.accounts, pgmesh_load.entries");
    }
  }

  private String account(int row) {
    return "%d\t%d\t%d\t0\n".formatted(row / ACCOUNTS + 1, row % ACCOUNTS + 1, BALANCE);
  }

  /** Each tenant has an entry, the first ones have many. */
  private String entry(int row) {
    int tenant = row < tenants ? row + 1 : skew.choose(random);
    long amount = random.nextInt(1, AMOUNT_MAX);
    written.entry(amount);
    return "%d\t%d\t%d\t%d\t2026-01-%02d %02d:00:00\tentry %d\n"
        .formatted(
            tenant,
            written.nextId(),
            random.nextInt(REGIONS) + 1,
            amount,
            random.nextInt(DAYS) + 1,
            random.nextInt(24),
            row);
  }

  private static void copy(Connection connection, String sql, int rows, IntFunction<String> row)
      throws SQLException {
    for (int from = 0; from < rows; from += ROWS_AT_ONCE) {
      var text = new StringBuilder();
      for (int i = from; i < Math.min(rows, from + ROWS_AT_ONCE); i++) {
        text.append(row.apply(i));
      }
      copy(connection, sql, text.toString());
    }
  }

  /**
   * @return the number of rows that the answer names
   */
  public static long copy(Connection connection, String sql, String rows) throws SQLException {
    try {
      var copies = connection.unwrap(PGConnection.class).getCopyAPI();
      return copies.copyIn(sql, new StringReader(rows));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
