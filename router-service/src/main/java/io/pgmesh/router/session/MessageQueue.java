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

  /** Whether the next message runs this portal. */
  boolean nextExecutes(String portal) {
    var next = entries.peek();
    return next != null
        && next.message instanceof Frontend.Execute execute
        && execute.portal().equals(portal);
  }

  /** Whether a Sync is here that no other Execute comes before. */
  boolean syncsNext() {
    for (var entry : entries) {
      switch (entry.message) {
        case Frontend.Sync sync -> {
          return true;
        }
        case Frontend.Execute execute -> {
          return false;
        }
        default -> {}
      }
    }
    return false;
  }
}
