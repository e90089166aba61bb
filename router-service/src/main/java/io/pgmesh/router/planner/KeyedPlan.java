package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.router.planner.StatementPlanner.Bound;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.sql.LiftedConstants;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Retold;
import java.util.Collections;
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
  private final Map<Long, Plan> withParameters = new HashMap<>(); // by the first shard's id
  private final Optional<LiftedConstants> lifted;
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
    this.lifted = LiftedConstants.of(statement);
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
    OptionalInt shard = commonShard(hashes);
    return shard.isEmpty()
        ? planning.apply(hashes)
        : onShard.computeIfAbsent(shard.getAsInt(), index -> counted(planning.apply(hashes)));
  }

  /** Index of the shard that has all values; empty where there is no such one, or NULL. */
  private OptionalInt commonShard(List<OptionalInt> hashes) {
    int common = -1;
    for (OptionalInt hash : hashes) {
      int index = hash.isPresent() ? table.shardIndex(hash.getAsInt()) : -1;
      if (index < 0 || common >= 0 && common != index) {
        return OptionalInt.empty();
      }
      common = index;
    }
    return common < 0 ? OptionalInt.empty() : OptionalInt.of(common);
  }

  private Plan counted(Plan plan) {
    onShardBytes += PlanSize.of(plan);
    return plan;
  }

  /** One value has one shard, and so one task, into which the planner put only names. */
  @Override
  public Optional<PlannedStatement> forConstantsOf(Phrase alike) {
    Retold retold = new Retold(statement, alike);
    return oneValue(retold)
        .map(value -> onShardOf(value, plan -> retold(plan, retold), Arguments.NONE));
  }

  /** One text serves all values of a shard. */
  @Override
  public Optional<PlannedStatement> withParametersFor(Phrase alike) {
    boolean possible =
        lifted.isPresent()
            && !onShard.isEmpty()
            && onShard.values().stream().allMatch(Plan.OneShard.class::isInstance);
    return possible
        ? oneValue(new Retold(statement, alike))
            .map(value -> onShardOf(value, this::withParameters, lifted.get().values(alike)))
        : Optional.empty();
  }

  /** The other text's value of the distribution column, wherever it stands there. */
  private Optional<KeyValue> oneValue(Retold retold) {
    if (!isOne(values)) {
      return Optional.empty();
    }
    List<KeyValue> found = values.stream().flatMap(value -> again(value, retold).stream()).toList();
    return found.size() == values.size() && isOne(found)
        ? Optional.of(found.getFirst())
        : Optional.empty();
  }

  private Optional<KeyValue> again(KeyValue value, Retold retold) {
    return switch (value) {
      case KeyValue.Literal(var written, var source) ->
          reading.apply(retold.phrase(source)).filter(KeyValue.Literal.class::isInstance);
      case KeyValue.Parameter parameter -> Optional.of(parameter);
      case KeyValue.Null nothing -> Optional.of(nothing);
    };
  }

  /** Whether they are one value, wherever it stands: rows of one owner, tables restricted alike. */
  private static boolean isOne(List<KeyValue> values) {
    return values.stream().map(KeyedPlan::written).distinct().count() == 1;
  }

  private static Object written(KeyValue value) {
    return switch (value) {
      case KeyValue.Literal(var text, var source) -> List.of(text, source.last().kind());
      case KeyValue.Parameter parameter -> parameter;
      case KeyValue.Null nothing -> nothing;
    };
  }

  private PlannedStatement onShardOf(
      KeyValue value, UnaryOperator<Plan> retelling, Arguments constants) {
    return new PlannedStatement() {
      @Override
      public Bound bind(Arguments arguments, List<Integer> answers) {
        return KeyHashes.bind(
            table.key(),
            List.of(value),
            arguments,
            answers,
            hashes -> retelling.apply(plan(Collections.nCopies(values.size(), hashes.getFirst()))));
      }

      @Override
      public Arguments constants() {
        return constants;
      }
    };
  }

  private Plan withParameters(Plan plan) {
    Plan.OneShard one = (Plan.OneShard) plan;
    Task task = one.task();
    return withParameters.computeIfAbsent(
        task.shardIds().getFirst(),
        shard ->
            counted(
                new Plan.OneShard(task.with(lifted.orElseThrow().text(task.sql())), one.writes())));
  }

  private static Plan retold(Plan plan, Retold retold) {
    if (plan instanceof Plan.Timed(var timed, var ofStatement)) {
      return new Plan.Timed(retold(timed, retold), ofStatement);
    }
    Plan.OneShard one = (Plan.OneShard) plan;
    Task task = one.task();
    return new Plan.OneShard(task.with(retold.text(task.sql())), one.writes());
  }
}
