package io.pgmesh.executor.tx;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.executor.worker.Address;
import io.pgmesh.executor.worker.RowReader;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a transaction has done to reference tables, as far as the executor knows. Changes are either
 * relayed to the replicas after the commit, or carried to them inside the transaction.
 */
public final class ReferenceChanges {
  private static final String STATE =
      "SELECT pg_catalog.current_setting('pgmesh.change_xid', true),"
          + " pg_catalog.current_setting('pgmesh.change_carry', true),"
          + " pg_catalog.current_setting('pgmesh.change_two_phase', true),"
          + " pg_catalog.current_setting('pgmesh.reference_commit', true)";

  private boolean written;
  private boolean pending;
  private Optional<Map<Integer, Address>> carriers = Optional.empty();
  private Optional<SqlError> failure = Optional.empty();

  /** What the coordinator database says of the transaction. */
  public record State(String xid, boolean carryNow, boolean twoPhase, String level) {
    private static State of(List<String> row) {
      return new State(
          text(row, 0), !text(row, 1).isEmpty(), !text(row, 2).isEmpty(), text(row, 3));
    }

    private static String text(List<String> row, int column) {
      return Optional.ofNullable(row.get(column)).orElse("");
    }

    /**
     * Whether the replicas must have the changes when the transaction commits.
     *
     * @throws SqlError 22023 the setting is none of the levels that there are
     */
    boolean beforeCommit() {
      return switch (level) {
        case "", "applied" -> carryNow || twoPhase;
        case "two_phase" -> true;
        default ->
            throw new SqlError(
                SqlState.INVALID_PARAMETER_VALUE,
                "invalid value for parameter \"pgmesh.reference_commit\": \"" + level + "\"",
                "It must be applied or two_phase.");
      };
    }
  }

  /** Asks the coordinator database: functions and triggers may write such a table unseen. */
  Future<State> ask(Participant coordinator) {
    return RowReader.simple(coordinator.connection(), STATE)
        .map(rows -> State.of(rows.getFirst()))
        .onSuccess(
            state -> {
              boolean any = !state.xid().isEmpty();
              written |= any;
              pending |= any;
            });
  }

  public boolean written() {
    return written;
  }

  /** Whether there may be changes that were not carried. */
  public boolean pending() {
    return pending;
  }

  /** All that there were are carried. */
  public void carried() {
    pending = false;
  }

  /** A savepoint's changes are undone, and what was carried after it. */
  void rolledBack() {
    pending = written;
  }

  /** The workers that get the changes, by group; fixed when the first ones are carried. */
  public Optional<Map<Integer, Address>> carriers() {
    return carriers;
  }

  public void carriers(Map<Integer, Address> chosen) {
    carriers = Optional.of(Map.copyOf(chosen));
  }

  /** Why a worker refused them: the coordinator database would tell only half of it. */
  public void failed(SqlError cause) {
    failure = Optional.of(cause);
  }

  public Optional<SqlError> takeFailure() {
    var taken = failure;
    failure = Optional.empty();
    return taken;
  }
}
