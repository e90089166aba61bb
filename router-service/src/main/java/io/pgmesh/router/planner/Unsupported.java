package io.pgmesh.router.planner;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;

/** Refusals: SQLSTATE 0A000. */
final class Unsupported {
  private Unsupported() {}

  /** {@code <what> is not supported}. */
  static SqlError feature(String what) {
    return new SqlError(SqlState.FEATURE_NOT_SUPPORTED, what + " is not supported");
  }

  static SqlError because(String what, String hint) {
    return new SqlError(SqlState.FEATURE_NOT_SUPPORTED, what + " is not supported", hint);
  }

  /** The message as it is. */
  static SqlError message(String message) {
    return new SqlError(SqlState.FEATURE_NOT_SUPPORTED, message);
  }
}
