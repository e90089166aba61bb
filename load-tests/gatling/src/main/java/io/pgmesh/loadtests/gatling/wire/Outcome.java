package io.pgmesh.loadtests.gatling.wire;

import java.sql.SQLException;

/** How a request ended. */
sealed interface Outcome {
  String TOO_MANY_CONNECTIONS = "53300";

  record Done() implements Outcome {}

  /** The mesh had no room for this client and said so. */
  record Refused(String message) implements Outcome {}

  /**
   * @param message with the SQLSTATE, if there is one
   */
  record Failed(String message) implements Outcome {}

  static Outcome of(WireWork work, WireUser user) {
    try {
      work.run(user);
      return new Done();
    } catch (SQLException e) {
      String message = e.getSQLState() + " " + firstLine(e);
      return TOO_MANY_CONNECTIONS.equals(e.getSQLState())
          ? new Refused(message)
          : new Failed(message);
    } catch (WrongAnswer e) {
      return new Failed("wrong answer: " + e.getMessage());
    } catch (RuntimeException e) {
      return new Failed(e.toString());
    }
  }

  private static String firstLine(SQLException error) {
    return String.valueOf(error.getMessage()).lines().findFirst().orElse("");
  }
}
