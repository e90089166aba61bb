package io.pgmesh.router.session;

import io.pgmesh.contracts.api.SessionEvent.State;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Transaction.Verb;
import io.pgmesh.router.sql.Statement;
import java.util.Optional;

/** What a session knows of its transaction beyond what the executor tells of it. */
final class OpenTransaction {
  private final ExecutorChannel channel;

  /** It was begun here, for statements that share one. */
  private boolean implicit;

  /** An error that the executor knows nothing of has failed it. */
  private boolean failedHere;

  /** What its BEGIN and SET say. */
  private Optional<Boolean> readOnly = Optional.empty();

  OpenTransaction(ExecutorChannel channel) {
    this.channel = channel;
  }

  /** {@code 'I'}, {@code 'T'} or {@code 'E'}, as in ReadyForQuery. */
  char state() {
    char state = channel.state().transaction();
    return failedHere && state == 'T' ? 'E' : state;
  }

  boolean mayNotWrite() {
    return readOnly.orElseGet(channel::readOnlyByDefault);
  }

  boolean implicit() {
    return implicit;
  }

  void begunImplicitly() {
    implicit = true;
  }

  /**
   * The implicit transaction is about to end.
   *
   * @return whether only a rollback can end it, which the executor does not know
   */
  boolean endsImplicitlyFailed() {
    implicit = false;
    return failedHere;
  }

  /** The client was told of an error. */
  void failed() {
    failedHere |= channel.state().transaction() == 'T';
  }

  /**
   * The plan to run for a plan.
   *
   * @throws SqlError 25P02 where the transaction has failed and this does not leave it
   */
  Plan allow(Plan plan) {
    if (state() == 'E' && !leavesFailed(plan)) {
      throw aborted();
    }
    return failedHere ? rollingBack(plan) : plan;
  }

  /** What the client of a failed transaction is told when a statement cannot be planned. */
  static Throwable notPlanned(Throwable cause) {
    boolean grammar = SqlError.from(cause).code().equals(SqlState.SYNTAX_ERROR.code());
    return grammar ? cause : aborted();
  }

  private static boolean leavesFailed(Plan plan) {
    return plan instanceof Plan.Transaction(var verb, var savepoint, var sql) && leavesFailed(verb);
  }

  private static boolean leavesFailed(Verb verb) {
    return switch (verb) {
      case COMMIT, ROLLBACK, ROLLBACK_TO, COMMIT_IMPLICIT -> true;
      case BEGIN, BEGIN_IMPLICIT, SAVEPOINT, RELEASE -> false;
    };
  }

  /** Whether Parse takes a statement although the transaction has failed. */
  static boolean allowed(Statement statement) {
    return statement instanceof Statement.Empty
        || statement instanceof Statement.TransactionControl control
            && leavesFailed(control.verb());
  }

  /** COMMIT of a failed transaction rolls it back. */
  private static Plan rollingBack(Plan plan) {
    return plan instanceof Plan.Transaction(var verb, var savepoint, var sql) && verb == Verb.COMMIT
        ? new Plan.Transaction(Verb.ROLLBACK, savepoint, sql)
        : plan;
  }

  static SqlError aborted() {
    return new SqlError(
        SqlState.IN_FAILED_SQL_TRANSACTION,
        "current transaction is aborted, commands ignored until end of transaction block");
  }

  /** A plan was run, whether it ended well or not. */
  void settle(Plan plan, State after) {
    if (after.transaction() == 'I') {
      implicit = false;
      failedHere = false;
      readOnly = Optional.empty();
    } else {
      failedHere &= !(plan instanceof Plan.Transaction); // a savepoint was gone back to
      readOnly = modeText(plan).map(sql -> ReadOnlyMode.after(readOnly, sql)).orElse(readOnly);
    }
  }

  /** The text of a statement that may say whether the transaction writes. */
  private static Optional<String> modeText(Plan plan) {
    return switch (plan) {
      case Plan.Transaction begin when begin.verb() == Verb.BEGIN ->
          Optional.of(begin.sql().text());
      case Plan.Setting setting when setting.scope() != Plan.Setting.Scope.SESSION ->
          Optional.of(setting.sql().text());
      default -> Optional.empty();
    };
  }
}
