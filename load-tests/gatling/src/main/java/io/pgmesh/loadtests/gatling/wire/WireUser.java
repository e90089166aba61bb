package io.pgmesh.loadtests.gatling.wire;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.SplittableRandom;

/** The connection and the dice of one virtual user, which does one thing at a time. */
public final class WireUser {
  private final String url;
  private final SplittableRandom random;
  private Connection connection;

  WireUser(String url, long seed) {
    this.url = url;
    this.random = new SplittableRandom(seed);
  }

  public SplittableRandom random() {
    return random;
  }

  /** The connection that it holds; a new one at first, and after a failure. */
  public Connection connection() throws SQLException {
    if (connection == null) {
      connection = DriverManager.getConnection(url);
    }
    return connection;
  }

  void disconnect() throws SQLException {
    if (connection != null) {
      var left = connection;
      connection = null;
      left.close();
    }
  }

  /** After a failure nobody knows what state the connection is in. */
  void drop() {
    try {
      disconnect();
    } catch (SQLException e) {
      // the failure before it is reported
    }
  }
}
