package io.pgmesh.executor.worker;

import java.util.ArrayList;
import java.util.List;

/**
 * Statements that wait for a connection's next flight, to travel with it. Nobody hears of their
 * success, and a failure is that flight's.
 */
public final class Leads {
  private final List<String> statements = new ArrayList<>();
  private boolean ending;

  public void add(String sql) {
    statements.add(sql);
  }

  /** The end of a transaction: after it the connection is idle, and may go to its pool at once. */
  public void addEnd(String sql) {
    add(sql);
    ending = true;
  }

  boolean waiting() {
    return !statements.isEmpty();
  }

  boolean ending() {
    return ending;
  }

  List<String> take() {
    if (statements.isEmpty()) {
      return List.of();
    }
    List<String> taken = List.copyOf(statements);
    statements.clear();
    ending = false;
    return taken;
  }
}
