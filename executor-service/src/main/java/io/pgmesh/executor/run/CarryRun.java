package io.pgmesh.executor.run;

import io.pgmesh.contracts.api.ReplicationApi;
import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.replica.ReplicaChanges;
import io.pgmesh.executor.tx.Carriers;
import io.pgmesh.executor.tx.Carriers.Carrier;
import io.pgmesh.executor.tx.ReferenceChanges;
import io.pgmesh.executor.tx.SessionTransaction.Block;
import io.pgmesh.executor.worker.Address;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Some of a transaction's changes of reference tables, applied to every live replica inside the
 * transaction.
 *
 * <p>What conflicts with them was committed before they were made, since the primary copy's locks
 * made one wait for the other. So the replicas must have all that is committed, and then the
 * changes come in the right order. The workers are chosen with the first changes and stay: a worker
 * that becomes live later gets all of them by the log.
 */
final class CarryRun {
  private final ReplicaChanges plan;
  private final Execution run;
  private final Carriers carriers;
  private final ReferenceChanges state;

  private CarryRun(ReplicaChanges plan, Execution run) {
    this.plan = plan;
    this.run = run;
    this.carriers = run.session().executor().carriers();
    this.state = run.transaction().referenceChanges();
  }

  static Future<Ended> run(Plan.Carry plan, Execution run) {
    var carry = new CarryRun(plan.changes(), run);
    return carry
        .caughtUp()
        .map(carry::leavesNoneOut)
        .compose(carry::apply)
        .onFailure(cause -> carry.state.failed(SqlError.from(cause)))
        .map(done -> carry.answer());
  }

  /** The workers that take part, none of them lacking anything. */
  private Future<List<Carrier>> caughtUp() {
    return carriers
        .now()
        .compose(
            found ->
                chosen(found).stream().anyMatch(Carrier::behind)
                    ? ReplicationApi.awaitApplied(run.session().executor().vertx(), "")
                        .compose(applied -> carriers.now())
                    : Future.succeededFuture(found))
        .map(this::chosen)
        .map(this::complete);
  }

  private List<Carrier> chosen(List<Carrier> found) {
    return found.stream()
        .filter(
            carrier ->
                carrier.live()
                    && state.carriers().map(all -> all.containsKey(carrier.group())).orElse(true))
        .toList();
  }

  private List<Carrier> complete(List<Carrier> live) {
    Map<Integer, Address> places =
        live.stream().collect(Collectors.toMap(Carrier::group, Carrier::address));
    if (state.carriers().isEmpty()) {
      state.carriers(places);
    } else if (!state.carriers().get().equals(places)) {
      throw new SqlError(
          SqlState.SERIALIZATION_FAILURE,
          "could not carry changes of reference tables to a worker whose replicas have fallen behind");
    }
    return live;
  }

  /** Behind a copy that gets the change later, shards would keep rows that point to nothing. */
  private List<Carrier> leavesNoneOut(List<Carrier> workers) {
    Set<Integer> groups = workers.stream().map(Carrier::group).collect(Collectors.toSet());
    for (ReplicaChanges.Copy copy : plan.copies()) {
      if (plan.enforced().contains(copy.relation()) && !groups.contains(copy.group())) {
        throw new SqlError(
            SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
            "cannot check foreign keys of distributed tables on a worker whose replicas have fallen behind");
      }
    }
    return workers;
  }

  private Future<Void> apply(List<Carrier> workers) {
    Map<Integer, Set<Long>> seen = new HashMap<>();
    plan.copies()
        .forEach(c -> seen.computeIfAbsent(c.group(), g -> new HashSet<>()).add(c.relation()));
    return StatementRun.allOf(
            workers.stream()
                .map(worker -> apply(worker, seen.getOrDefault(worker.group(), Set.of())))
                .toList())
        .mapEmpty();
  }

  private Future<Void> apply(Carrier worker, Set<Long> seen) {
    var changes =
        plan.changes().stream()
            .filter(c -> seen.contains(c.relation()) || worker.relations().contains(c.relation()))
            .toList();
    return run.transaction()
        .join(worker.address(), Block.BEGIN)
        .compose(
            participant -> {
              participant.markWriter();
              return new ReplicaWrites(run.session().executor().vertx(), participant, carriers)
                  .apply(changes);
            });
  }

  private Ended answer() {
    if (run.describe()) {
      run.listener().description(MadeRows.description("result"));
    }
    run.channel()
        .emit(
            new SessionEvent.Rows(
                run.channel().id(), run.statement(), MadeRows.rows(List.of("[]"))));
    return new Ended.Done("INSERT 0 1");
  }
}
