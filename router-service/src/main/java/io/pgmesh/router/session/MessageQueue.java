package io.pgmesh.router.session;

import io.pgmesh.router.wire.Frontend;
import java.util.ArrayDeque;
import java.util.Deque;

/** Messages that a client sent ahead, in order and bounded. */
final class MessageQueue {
  private static final int MAX_MESSAGES = 1024;
  private static final int MAX_BYTES = 1024 * 1024;

  private final Deque<Entry> entries = new ArrayDeque<>(4);
  private long bytes;

  private record Entry(Frontend message, int bytes) {}

  void add(Frontend message, int messageBytes) {
    entries.add(new Entry(message, messageBytes));
    bytes += messageBytes;
  }

  Frontend poll() {
    var entry = entries.poll();
    bytes -= entry.bytes;
    return entry.message;
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Whether the client should be read no further. */
  boolean isFull() {
    return entries.size() >= MAX_MESSAGES || bytes >= MAX_BYTES;
  }

  /** Whether a Parse is here alone: how it is answered depends on what comes behind it. */
  boolean awaitsUseOfParse() {
    return entries.size() == 1
        && !isFull() // or the client would be read no further
        && entries.peek().message instanceof Frontend.Parse;
  }

  /** Whether the next message binds this statement. */
  boolean nextBinds(String statement) {
    var next = entries.peek();
    return next != null
        && next.message instanceof Frontend.Bind bind
        && bind.statement().equals(statement);
  }

  /** Whether the next message runs this portal. */
  boolean nextExecutes(String portal) {
    var next = entries.peek();
    return next != null
        && next.message instanceof Frontend.Execute execute
        && execute.portal().equals(portal);
  }

  /** Whether a Sync is here before anything that runs or may fail. */
  boolean syncsNext() {
    for (var entry : entries) {
      switch (entry.message) {
        case Frontend.Sync sync -> {
          return true;
        }
        case Frontend.Close close -> {}
        case Frontend.Flush flush -> {}
        default -> {
          return false;
        }
      }
    }
    return false;
  }
}
