package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Column;
import io.pgmesh.contracts.catalog.Column.Fill;
import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.sql.InsertStatement;
import io.pgmesh.router.sql.InsertStatement.Source;
import io.pgmesh.router.sql.Phrase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * INSERT. Rows whose distribution value is plain to see go to their shards as the client wrote
 * them; for others the coordinator database evaluates the rows, each of which then goes to its
 * shard.
 */
final class InsertPlanner {
  private final Phrase statement;
  private final InsertStatement insert;
  private final PlanContext context;

  private InsertPlanner(Phrase statement, PlanContext context) {
    this.statement = statement;
    this.insert = InsertStatement.of(statement);
    this.context = context;
  }

  /**
   * @param statement begins with INSERT, or with WITH
   */
  static PlannedStatement plan(Phrase statement, PlanContext context) {
    return new InsertPlanner(statement, context).plan();
  }

  private PlannedStatement plan() {
    Optional<MeshTable> target = context.meshTable(insert.table());
    if (target.isPresent() && target.get() instanceof Distributed table) {
      return intoDistributed(table);
    }
    if (context.session().loopback()) {
      throw Unsupported.feature("INSERT into this table through the loopback");
    }
    return CoordinatorWrites.plan(statement, target, context);
  }

  private PlannedStatement intoDistributed(Distributed table) {
    InsertTails tails = new InsertTails(insert, table, context);
    return switch (insert.source()) {
      case Source.Rows(var rows) -> rows(table, rows, tails);
      case Source.DefaultValues() -> evaluated(table, List.of(), List.of(List.of()), tails);
      case Source.Query(var query) ->
          InsertSelectPlanner.plan(statement, insert, table, tails, context);
    };
  }

  private PlannedStatement rows(Distributed table, List<List<Phrase>> rows, InsertTails tails) {
    List<Column> columns = columns(table, rows.getFirst().size());
    if (Shards.isSingle(table)) {
      return rowsOfOneShard(table, columns, rows, tails);
    }
    Optional<List<KeyValue>> keys = keys(table, columns, rows);
    if (keys.isEmpty() || !insert.with().isEmpty() || !goesAsWritten(table, columns, rows)) {
      return evaluated(table, columns, rows, tails);
    }
    ShardedInsert sharded = new ShardedInsert(statement, insert, table, context, tails);
    return new KeyedPlan(
        statement, table, keys.get(), value -> stored(value, table.key()), sharded::plan);
  }

  private PlannedStatement rowsOfOneShard(
      Distributed table, List<Column> columns, List<List<Phrase>> rows, InsertTails tails) {
    if (!insert.with().isEmpty() || !goesAsWritten(table, columns, rows)) {
      return evaluated(table, columns, rows, tails);
    }
    List<OptionalInt> anywhere = Collections.nCopies(rows.size(), OptionalInt.of(0));
    Plan plan = new ShardedInsert(statement, insert, table, context, tails).plan(anywhere);
    return PlannedStatement.of(plan);
  }

  private List<Column> columns(Distributed table, int count) {
    return columns(insert, table, count);
  }

  /** The columns that values are given for. */
  static List<Column> columns(InsertStatement insert, Distributed table, int count) {
    if (insert.columns().isEmpty()) {
      return table.columns().subList(0, Math.min(count, table.columns().size()));
    }
    List<String> names =
        insert
            .columnNames()
            .orElseThrow(() -> Unsupported.feature("INSERT into a part of a column"));
    return names.stream().map(name -> column(table, name)).toList();
  }

  private static Column column(Distributed table, String name) {
    return table.columns().stream()
        .filter(column -> column.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new SqlError(
                    SqlState.UNDEFINED_COLUMN,
                    "column \"%s\" of relation \"%s\" does not exist"
                        .formatted(name, table.name())));
  }

  /** The rows' distribution values; empty unless all are plain to see. */
  private Optional<List<KeyValue>> keys(
      Distributed table, List<Column> columns, List<List<Phrase>> rows) {
    int index = columns.indexOf(table.key());
    if (index < 0) {
      if (table.key().fill() == Fill.WORKER && table.key().defaultSql().isEmpty()) {
        throw new SqlError(
            SqlState.NULL_VALUE_NOT_ALLOWED,
            "cannot perform an INSERT without a partition column value");
      }
      return Optional.empty();
    }
    List<KeyValue> keys = new ArrayList<>();
    for (List<Phrase> row : rows) {
      Optional<KeyValue> value =
          index < row.size() ? stored(row.get(index), table.key()) : Optional.empty();
      if (value.isEmpty()) {
        return Optional.empty();
      }
      keys.add(value.get());
    }
    return Optional.of(keys);
  }

  /** The value as the column will hold it: a type modifier may round, pad or cut it. */
  private Optional<KeyValue> stored(Phrase expression, Column key) {
    Optional<KeyValue> value = KeyValue.of(expression, key, context);
    int open = key.type().indexOf('(');
    if (open < 0 || value.isEmpty()) {
      return value;
    }
    boolean fits =
        key.type().startsWith("character varying(")
            && value.get() instanceof KeyValue.Literal(var text, var source)
            && text.length()
                <= Integer.parseInt(key.type().substring(open + 1, key.type().indexOf(')')));
    return fits ? value : Optional.empty();
  }

  static SqlError nullKey() {
    return new SqlError(
        SqlState.NULL_VALUE_NOT_ALLOWED,
        "cannot perform an INSERT with NULL in the partition column");
  }

  private boolean goesAsWritten(Distributed table, List<Column> columns, List<List<Phrase>> rows) {
    if (insert.overriding().has(1, "user")) {
      return false;
    }
    boolean allGiven =
        table.columns().stream()
            .noneMatch(column -> column.fill() == Fill.COORDINATOR && !columns.contains(column));
    return allGiven
        && rows.stream()
            .allMatch(row -> row.size() == columns.size() && rowGoesAsWritten(columns, row));
  }

  private boolean rowGoesAsWritten(List<Column> columns, List<Phrase> row) {
    for (int i = 0; i < row.size(); i++) {
      boolean absent = columns.get(i).fill() == Fill.COORDINATOR && row.get(i).starts("default");
      if (absent || !Shippable.allows(row.get(i), context)) {
        return false;
      }
    }
    return true;
  }

  private PlannedStatement evaluated(
      Distributed table, List<Column> columns, List<List<Phrase>> rows, InsertTails tails) {
    if (context.session().loopback()) {
      throw Unsupported.feature("INSERT of such values through the loopback");
    }
    EvaluatedRows evaluated = new EvaluatedRows(insert, table, columns, context);
    Plan.RoutedInsert plan =
        new Plan.RoutedInsert(
            new Plan.Coordinator(
                evaluated.sql(rows),
                Plan.Use.BLOCK,
                Plan.Effects.NONE,
                "the coordinator database evaluates the rows"),
            Shards.target(context.catalog(), table),
            evaluated.columnNames(),
            evaluated.keyIndex(),
            tails.forAnyShard());
    return PlannedStatement.of(plan);
  }
}
