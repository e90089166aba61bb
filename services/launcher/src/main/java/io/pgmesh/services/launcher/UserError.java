package io.pgmesh.services.launcher;

/** Something that the user can mend; the message is one line. */
final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1;

  UserError(String message) {
    super(message);
  }
}
