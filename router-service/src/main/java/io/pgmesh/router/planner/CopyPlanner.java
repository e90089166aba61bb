package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Column;
import io.pgmesh.contracts.catalog.Column.Fill;
import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.catalog.Shard;
import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.FilledColumn;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.sql.CopyStatement;
import io.pgmesh.router.sql.Lexer;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SqlWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * COPY. Into a distributed table each row goes to its shard; out of one every worker copies its
 * shards. Everything else is the coordinator database's own.
 */
final class CopyPlanner {
  private CopyPlanner() {}

  /**
   * @param statement begins with COPY
   */
  static PlannedStatement plan(Phrase statement, PlanContext context) {
    CopyStatement copy = CopyStatement.of(statement);
    Optional<MeshTable> table =
        copy.table().isEmpty() ? Optional.empty() : context.meshTable(copy.table());
    Plan plan =
        table.orElse(null) instanceof Distributed distributed
            ? ofDistributed(statement, copy, distributed, context)
            : ofCoordinator(statement, context);
    return PlannedStatement.of(plan);
  }

  private static Plan ofCoordinator(Phrase statement, PlanContext context) {
    if (!statement.hasSymbol(1, "(")) {
      return new Plan.Coordinator(SqlText.unchanged(statement.sql()), Plan.Use.BLOCK);
    }
    Phrase query = statement.sub(2, statement.behindBrackets(1) - 1);
    return new Plan.Coordinator(
        ShellText.around(query, context),
        Plan.Use.BLOCK,
        Plan.Effects.NONE,
        "",
        WaitMarks.unmarked(query, context));
  }

  private static Plan ofDistributed(
      Phrase statement, CopyStatement copy, Distributed table, PlanContext context) {
    if (!copy.from()) {
      return out(statement, copy, table, context);
    }
    if (!toClient(copy)) {
      throw Unsupported.because(
          "COPY from a file or program of the server into a distributed table",
          "Use COPY … FROM STDIN, or psql's \\copy.");
    }
    return in(copy, table, context);
  }

  private static boolean toClient(CopyStatement copy) {
    return copy.endpoint().starts("stdin") || copy.endpoint().starts("stdout");
  }

  private static Plan out(
      Phrase statement, CopyStatement copy, Distributed table, PlanContext context) {
    List<String> columns = columnNames(copy, table);
    SqlText destination = destination(statement, copy);
    var servers = new ShardServers(context.catalog(), List.of(table), List.of());
    if (!toClient(copy) || !servers.complete() || columns.isEmpty()) {
      var query = new SqlWriter().add("COPY (SELECT " + Identifiers.list(columns) + " FROM ");
      return new Plan.Coordinator(
          query.copy(copy.table()).add(")").append(destination).build(),
          Plan.Use.BLOCK,
          Plan.Effects.NONE,
          "the coordinator database writes the copy");
    }
    List<Task> tasks = new ArrayList<>();
    servers
        .byServer(IntStream.range(0, servers.count()).boxed().toList())
        .forEach(
            (server, indexes) -> {
              List<Shard> shards = indexes.stream().map(table.shards()::get).toList();
              String rows =
                  shards.stream()
                      .map(shard -> rows(columns, Shards.relation(table, shard)))
                      .collect(Collectors.joining(" UNION ALL "));
              var ids = shards.stream().map(Shard::shardId).toList();
              tasks.add(new Task(server, destination.within("COPY (" + rows + ")", ""), ids));
            });
    return new Plan.Scatter(tasks, new Gather.CopyOut(CopyOptions.namesComeFirst(copy)), false);
  }

  private static String rows(List<String> columns, String relation) {
    return "SELECT " + Identifiers.list(columns) + " FROM " + relation;
  }

  /** What follows the query. */
  private static SqlText destination(Phrase statement, CopyStatement copy) {
    var text = new SqlWriter().add(" TO ");
    text.copy(statement.sql(), copy.endpoint().start(), statement.end());
    boolean binaryInFront =
        copy.optionsText().isEmpty()
            && copy.options().stream().anyMatch(option -> option.text().equals("binary"));
    return text.add(binaryInFront ? " (FORMAT binary)" : "").build();
  }

  private static List<String> columnNames(CopyStatement copy, Distributed table) {
    checkColumns(copy.columnNames(), table);
    return copy.columns().isEmpty()
        ? table.columns().stream()
            .filter(column -> column.fill() != Fill.GENERATED)
            .map(Column::name)
            .toList()
        : copy.columnNames();
  }

  private static void checkColumns(List<String> given, Distributed table) {
    var before = new HashSet<String>();
    for (String column : given) {
      Column known =
          table.columns().stream()
              .filter(one -> one.name().equals(column))
              .findFirst()
              .orElseThrow(() -> absent(column, table));
      if (known.fill() == Fill.GENERATED) {
        throw new SqlError(
            ErrorFields.error(
                    SqlState.INVALID_COLUMN_REFERENCE,
                    "column \"%s\" is a generated column".formatted(column))
                .with(ErrorFields.DETAIL, "Generated columns cannot be used in COPY."));
      }
      if (!before.add(column)) {
        throw new SqlError(
            SqlState.DUPLICATE_COLUMN, "column \"%s\" specified more than once".formatted(column));
      }
    }
  }

  private static SqlError absent(String column, Distributed table) {
    return new SqlError(
        SqlState.UNDEFINED_COLUMN,
        "column \"%s\" of relation \"%s\" does not exist".formatted(column, table.name()));
  }

  private static Plan in(CopyStatement copy, Distributed table, PlanContext context) {
    List<String> columns = columnNames(copy, table);
    boolean keyIsGiven = columns.contains(table.distributionColumn());
    if (!keyIsGiven
        && !Shards.isSingle(table)
        && table.key().fill() == Fill.WORKER
        && table.key().defaultSql().isEmpty()) {
      throw new SqlError(
          SqlState.NULL_VALUE_NOT_ALLOWED,
          "cannot perform a COPY without a partition column value");
    }
    if (!Shippable.allows(copy.where(), context)) {
      throw Unsupported.feature("such a condition in COPY into a distributed table");
    }
    CopyOptions options = CopyOptions.of(copy, table, columns);
    String where = copy.where().isEmpty() ? "" : " " + copy.where().text();
    List<FilledColumn> filled = filled(table, columns, context);
    return new Plan.CopyIn(
        Shards.target(context.catalog(), table),
        columns,
        keyIndex(table, columns, filled),
        options.format(),
        options.text() + where,
        options.freezes(),
        filled);
  }

  private static int keyIndex(Distributed table, List<String> columns, List<FilledColumn> filled) {
    List<String> all = new ArrayList<>(columns);
    filled.forEach(column -> all.add(column.name()));
    return Math.max(all.indexOf(table.distributionColumn()), 0);
  }

  private static List<FilledColumn> filled(
      Distributed table, List<String> columns, PlanContext context) {
    return table.columns().stream()
        .filter(column -> !columns.contains(column.name()))
        .filter(column -> isFilled(column, table, context))
        .map(
            column ->
                new FilledColumn(
                    column.name(),
                    EvaluatedRows.defaultOf(column, table),
                    TimeDefaults.isConstant(column),
                    callsUserFunction(column.defaultSql())))
        .toList();
  }

  /** The key is filled too, since it says where the row goes. */
  private static boolean isFilled(Column column, Distributed table, PlanContext context) {
    return column.fill() == Fill.COORDINATOR
        || TimeDefaults.isWritten(column, table, context)
        || column.equals(table.key()) && !Shards.isSingle(table);
  }

  private static boolean callsUserFunction(String expression) {
    return CoordinatorReads.calls(Phrase.of(expression, Lexer.tokens(expression))).stream()
        .anyMatch(name -> !BuiltinFunctions.isBuiltin(name));
  }
}
