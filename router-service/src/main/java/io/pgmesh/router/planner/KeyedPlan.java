package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.router.planner.StatementPlanner.Bound;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Retold;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A plan whose shards are those of some values of the distribution column. What it is on one shard
 * is put together once.
 */
final class KeyedPlan implements PlannedStatement {
  private final Phrase statement;
  private final Distributed table;
  private final List<KeyValue> values;
  private final Function<Phrase, Optional<KeyValue>> reading;
  private final Function<List<OptionalInt>, Plan> planning;
  private final Map<Integer, Plan> onShard = new HashMap<>(); // by index of the shard
  private long onShardBytes;

  /**
   * @param statement the whole of it
   * @param reading how {@code values} were read from the client's text
   * @param planning gets one hash a value, empty for NULL; looks at nothing of them but whose
   *     shards they are
   */
  KeyedPlan(
      Phrase statement,
      Distributed table,
      List<KeyValue> values,
      Function<Phrase, Optional<KeyValue>> reading,
      Function<List<OptionalInt>, Plan> planning) {
    this.statement = statement;
    this.table = table;
    this.values = values;
    this.reading = reading;
    this.planning = planning;
  }

  @Override
  public Bound bind(Arguments arguments, List<Integer> answers) {
    return KeyHashes.bind(table.key(), values, arguments, answers, this::plan);
  }

  @Override
  public long heldBytes() {
    return onShardBytes;
  }

  /** What it is on one shard is changed once. */
  @Override
  public PlannedStatement changed(UnaryOperator<Plan> change) {
    return new KeyedPlan(statement, table, values, reading, planning.andThen(change));
  }

  private Plan plan(List<OptionalInt> hashes) {
    if (hashes.size() != 1 || hashes.getFirst().isEmpty()) {
      return planning.apply(hashes);
    }
    return onShard.computeIfAbsent(
        table.shardIndex(hashes.getFirst().getAsInt()), index -> counted(planning.apply(hashes)));
  }

  private Plan counted(Plan plan) {
    onShardBytes += PlanSize.of(plan);
    return plan;
  }

  /** One value has one shard, and so one task, into which the planner put only names. */
  @Override
  public Optional<PlannedStatement> forConstantsOf(Phrase alike) {
    if (values.size() != 1) {
      return Optional.empty();
    }
    Retold retold = new Retold(statement, alike);
    Optional<KeyValue> value =
        switch (values.getFirst()) {
          case KeyValue.Literal(var written, var source) ->
              reading.apply(retold.phrase(source)).filter(KeyValue.Literal.class::isInstance);
          case KeyValue.Parameter parameter -> Optional.of(parameter);
          case KeyValue.Null nothing -> Optional.of(nothing);
        };
    return value.map(found -> retold(found, retold));
  }

  private PlannedStatement retold(KeyValue value, Retold retold) {
    return (arguments, answers) ->
        KeyHashes.bind(
            table.key(),
            List.of(value),
            arguments,
            answers,
            hashes -> retold(plan(hashes), retold));
  }

  private static Plan retold(Plan plan, Retold retold) {
    if (plan instanceof Plan.Timed(var timed)) {
      return new Plan.Timed(retold(timed, retold));
    }
    Plan.OneShard one = (Plan.OneShard) plan;
    Task task = one.task();
    return new Plan.OneShard(
        new Task(task.server(), retold.text(task.sql()), task.shardIds()), one.writes());
  }
}
