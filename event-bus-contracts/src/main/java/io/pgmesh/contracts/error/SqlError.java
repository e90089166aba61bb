package io.pgmesh.contracts.error;

import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;

/**
 * A failure with a SQLSTATE. Travels over the event bus as a reply and reaches the client as an
 * ErrorResponse.
 */
public final class SqlError extends ReplyException {

  private static final long serialVersionUID = 1L;

  private final transient ErrorFields fields;

  public SqlError(ErrorFields fields) {
    super(ReplyFailure.RECIPIENT_FAILURE, 0, fields.message());
    this.fields = fields;
  }

  public SqlError(SqlState state, String message) {
    this(ErrorFields.error(state, message));
  }

  /** An error with the advice what to do about it. */
  public SqlError(SqlState state, String message, String hint) {
    this(ErrorFields.error(state, message).with(ErrorFields.HINT, hint));
  }

  public ErrorFields fields() {
    return fields;
  }

  /** The five-character SQLSTATE. */
  public String code() {
    return fields.code();
  }

  /**
   * Any failure of a question that changes nothing: one that may have been lost is no commit in
   * doubt.
   */
  public static SqlError ofQuestion(Throwable cause) {
    SqlError error = from(cause);
    return error.code().equals(SqlState.TRANSACTION_RESOLUTION_UNKNOWN.code())
        ? new SqlError(SqlState.CANNOT_CONNECT_NOW, error.fields().message())
        : error;
  }

  /**
   * Any failure as one with a SQLSTATE; event-bus failures say whether the request may have run.
   */
  public static SqlError from(Throwable cause) {
    return switch (cause) {
      case SqlError error -> error;
      case ReplyException reply -> unanswered(reply);
      case StackOverflowError deep ->
          new SqlError(SqlState.STATEMENT_TOO_COMPLEX, "stack depth limit exceeded");
      default -> new SqlError(SqlState.INTERNAL_ERROR, String.valueOf(cause));
    };
  }

  /** Without the addresses of the event bus, which tell a client nothing. */
  private static SqlError unanswered(ReplyException reply) {
    return switch (reply.failureType()) {
      case NO_HANDLERS ->
          new SqlError(
              SqlState.CANNOT_CONNECT_NOW, "a service of the mesh that this needs does not run");
      case TIMEOUT -> // it may have run
          new SqlError(
              SqlState.TRANSACTION_RESOLUTION_UNKNOWN,
              "a service of the mesh did not answer in time");
      case RECIPIENT_FAILURE, ERROR -> new SqlError(SqlState.INTERNAL_ERROR, reply.getMessage());
    };
  }
}
