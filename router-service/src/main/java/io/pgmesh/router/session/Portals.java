package io.pgmesh.router.session;

import io.pgmesh.router.sql.CursorVerb;
import io.pgmesh.router.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The portals that a client has made by Bind, which end with their transaction or go back with it
 * to a savepoint, and what must be known of cursors that it has declared.
 */
final class Portals {
  private final Statements statements;
  private final Map<String, Opened> byName = new HashMap<>(4);
  private final List<Savepoint> savepoints = new ArrayList<>(0);
  private final Map<String, CursorVerb.Declare> cursors = new HashMap<>(0);
  private long opened;

  private record Opened(Portal portal, long number) {}

  private record Savepoint(String name, long opened) {}

  Portals(Statements statements) {
    this.statements = statements;
  }

  /** The portal of this name; null where there is none. */
  Portal get(String name) {
    Opened found = byName.get(name);
    return found == null ? null : found.portal;
  }

  void put(String name, Portal portal) {
    byName.put(name, new Opened(portal, ++opened));
  }

  boolean has(String name) {
    return byName.containsKey(name);
  }

  /** Whether there is one that SQL can name. */
  boolean hasNamed() {
    return byName.size() > (byName.containsKey("") ? 1 : 0);
  }

  void drop(String name) {
    Opened gone = byName.remove(name);
    if (gone != null
        && gone.portal.progress() instanceof Portal.Progress.Suspended(long statement)) {
      statements.closeStatement(statement);
    }
  }

  /** CLOSE ALL: leaves the one that says it. */
  void dropNamed() {
    List.copyOf(byName.entrySet()).stream()
        .filter(entry -> !entry.getKey().isEmpty() && !entry.getValue().portal.active())
        .map(Map.Entry::getKey)
        .forEach(this::drop);
  }

  /** No transaction is open, or another one. */
  void transactionEnded() {
    if (!byName.isEmpty()) {
      List.copyOf(byName.keySet()).forEach(this::drop);
    }
    savepoints.clear();
    cursors.values().removeIf(cursor -> !cursor.holds());
  }

  /** A statement has run well that concerns transactions or cursors. */
  void ran(Statement statement) {
    if (statement instanceof Statement.TransactionControl(var verb, var name)) {
      switch (verb) {
        case SAVEPOINT -> savepoints.add(new Savepoint(name, opened));
        case RELEASE -> backTo(name, false);
        case ROLLBACK_TO -> rolledBackTo(name);
        case COMMIT, ROLLBACK -> transactionEnded(); // and maybe AND CHAIN
        case BEGIN, BEGIN_IMPLICIT, COMMIT_IMPLICIT -> {}
      }
      return;
    }
    switch (CursorVerb.of(statement)) {
      case CursorVerb.Declare declared -> cursors.put(declared.name(), declared);
      case CursorVerb.Close(var name) -> cursors.remove(name);
      case CursorVerb.CloseAll all -> cursors.clear();
      case CursorVerb.Ahead ahead -> {}
      case CursorVerb.Back back -> {}
      case CursorVerb.Here here -> {}
      case CursorVerb.Elsewhere elsewhere -> {}
      case CursorVerb.None none -> {}
    }
  }

  private void rolledBackTo(String name) {
    long before = backTo(name, true);
    byName.entrySet().stream()
        .filter(entry -> entry.getValue().number > before)
        .map(Map.Entry::getKey)
        .toList()
        .forEach(this::drop);
  }

  /** The number of the last portal opened before a savepoint, those behind which are gone. */
  private long backTo(String name, boolean keeps) {
    int index = savepoints.size() - 1;
    while (index >= 0 && !savepoints.get(index).name.equals(name)) {
      index--;
    }
    if (index < 0) {
      return opened;
    }
    long before = savepoints.get(index).opened;
    savepoints.subList(keeps ? index + 1 : index, savepoints.size()).clear();
    return before;
  }

  /** A cursor that was declared is no more. */
  void cursorClosed(String name) {
    cursors.remove(name);
  }

  /** Whether a cursor that was declared outlasts transactions. */
  boolean cursorsHold() {
    return cursors.values().stream().anyMatch(CursorVerb.Declare::holds);
  }

  /** Whether a query message gets the rows that this fetches in binary. */
  boolean isBinary(Prepared fetch) {
    if (cursors.values().stream().noneMatch(CursorVerb.Declare::binary)) {
      return false; // without reading the text
    }
    String name =
        switch (CursorVerb.of(fetch.parsed().statement())) {
          case CursorVerb.Ahead(var cursor, var moves, var count) -> cursor;
          case CursorVerb.Back(var cursor) -> cursor;
          case CursorVerb.Here(var cursor, var moves, var back) -> cursor;
          case CursorVerb.Elsewhere(var cursor) -> cursor;
          case CursorVerb.Declare declare -> "";
          case CursorVerb.Close close -> "";
          case CursorVerb.CloseAll all -> "";
          case CursorVerb.None none -> "";
        };
    CursorVerb.Declare declared = cursors.get(name);
    return declared != null && declared.binary();
  }
}
