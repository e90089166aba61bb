package io.pgmesh.services.launcher;

/** What the user must change; the message is one line and is all that is printed. */
final class UsageError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UsageError(String message) {
    super(message);
  }
}
