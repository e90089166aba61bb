package io.pgmesh.executor.tx;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Listener;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The worker parts of a two-phase commit.
 *
 * @param id names the transaction among all executors; recovery reads it back from the parts' names
 */
public record PreparedTransaction(String id, List<Part> parts) {
  private static final Pattern GID =
      Pattern.compile("pgmesh_([0-9a-f]{32})_([0-9]{1,9})(?:_([0-9]{1,9}))?");

  /** How often a part is tried that recovery is committing. */
  private static final int BUSY_TRIES = 40;

  private static final int BUSY_MILLIS = 50;

  public PreparedTransaction {
    parts = List.copyOf(parts);
  }

  /** One worker's part. */
  public record Part(Participant worker, String gid) {
    Future<Void> prepare(Listener listener) {
      return worker.control("PREPARE TRANSACTION '" + gid + "'", listener).compose(this::checkTag);
    }

    /** PREPARE of a failed transaction answers ROLLBACK. */
    private Future<Void> checkTag(Flight.Outcome outcome) {
      return outcome.lastTag().equals("PREPARE TRANSACTION")
          ? Future.succeededFuture()
          : Future.failedFuture(
              new SqlError(
                  SqlState.IN_FAILED_SQL_TRANSACTION,
                  "server " + worker.address() + " had aborted the transaction"));
    }

    /**
     * Once the decision has fallen. Recovery may come first: then the part is busy, and gone soon
     * after.
     */
    private Future<Void> commitPrepared(int tries) {
      return worker
          .control("COMMIT PREPARED '" + gid + "'", Listener.NONE)
          .<Void>mapEmpty()
          .recover(
              cause -> {
                String code = SqlError.from(cause).code();
                if (code.equals(SqlState.UNDEFINED_OBJECT.code())) {
                  return Future.succeededFuture();
                }
                return tries > 1 && code.equals(SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE.code())
                    ? later().compose(now -> commitPrepared(tries - 1))
                    : Future.failedFuture(cause);
              });
    }

    private static Future<?> later() {
      return Vertx.currentContext().owner().timer(BUSY_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Decided by the coordinator database. */
  static PreparedTransaction of(List<Participant> writers) {
    return of(writers, "");
  }

  /** Decided by a worker, whose group the parts' names tell. */
  static PreparedTransaction decidedBy(int group, List<Participant> others) {
    return of(others, "_" + group);
  }

  private static PreparedTransaction of(List<Participant> writers, String decider) {
    String id = UUID.randomUUID().toString().replace("-", "");
    var parts = new ArrayList<Part>();
    for (Participant writer : writers) {
      parts.add(new Part(writer, "pgmesh_" + id + "_" + parts.size() + decider));
    }
    return new PreparedTransaction(id, parts);
  }

  /** The id in a prepared transaction's name, or empty when the name is not the mesh's. */
  static Optional<String> idOf(String gid) {
    Matcher matcher = GID.matcher(gid);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** The group of the worker that decides; empty when the coordinator database does. */
  static Optional<Integer> deciderOf(String gid) {
    Matcher matcher = GID.matcher(gid);
    return matcher.matches() && matcher.group(3) != null
        ? Optional.of(Integer.valueOf(matcher.group(3)))
        : Optional.empty();
  }

  /** Never fails; answers the parts that must be left to recovery. */
  Future<List<Part>> commitPrepared() {
    var left = new ArrayList<Part>();
    return Future.join(
            parts.stream()
                .map(
                    part ->
                        part.commitPrepared(BUSY_TRIES)
                            .onSuccess(CommitStep.FIRST_COMMITTED::reached)
                            .onFailure(cause -> left.add(part)))
                .toList())
        .<Void>mapEmpty()
        .otherwiseEmpty()
        .map(done -> List.copyOf(left));
  }

  /** Never fails: recovery rolls back whatever is left. */
  Future<Void> rollbackPrepared() {
    return Future.join(
            parts.stream()
                .filter(part -> part.worker.connection().status() == 'I')
                .map(
                    part ->
                        part.worker.control("ROLLBACK PREPARED '" + part.gid + "'", Listener.NONE))
                .toList())
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }
}
