package io.pgmesh.loadtests.gatling.simulation;

import io.pgmesh.loadtests.gatling.Statement;
import io.pgmesh.loadtests.gatling.wire.WireUser;
import io.pgmesh.loadtests.gatling.wire.WrongAnswer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Nobody writes: each answer to a statement must be as the first one was. */
final class Answers {
  private final Map<Statement, String> first = new ConcurrentHashMap<>();

  boolean same(Statement sql, String answer) {
    String known = first.putIfAbsent(sql, answer);
    return known == null || known.equals(answer);
  }

  void ask(WireUser user, Statement sql) throws SQLException {
    try (var statement = user.connection().prepareStatement(sql.jdbc());
        var rows = statement.executeQuery()) {
      String answer = text(rows);
      if (answer.isEmpty() || !same(sql, answer)) {
        throw new WrongAnswer(sql.name() + " answers otherwise than at first");
      }
    }
  }

  private static String text(ResultSet rows) throws SQLException {
    var text = new StringBuilder();
    while (rows.next()) {
      for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
        text.append(rows.getString(column)).append('|');
      }
      text.append('\n');
    }
    return text.toString();
  }
}
