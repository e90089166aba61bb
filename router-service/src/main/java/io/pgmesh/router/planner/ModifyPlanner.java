package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.catalog.Shard;
import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.sql.ModifyStatement;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SqlWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * UPDATE and DELETE. On a distributed table: the statement once for each shard that its condition
 * on the distribution column leaves, each with the shards of colocated tables that it joins.
 */
final class ModifyPlanner {
  private final Phrase statement;
  private final ModifyStatement modify;
  private final PlanContext context;

  private ModifyPlanner(Phrase statement, PlanContext context) {
    this.statement = statement;
    this.modify = ModifyStatement.of(statement);
    this.context = context;
  }

  /**
   * @param statement begins with UPDATE or DELETE, or with WITH
   */
  static PlannedStatement plan(Phrase statement, PlanContext context) {
    return new ModifyPlanner(statement, context).plan();
  }

  private PlannedStatement plan() {
    Optional<MeshTable> target = context.meshTable(modify.table());
    if (target.isPresent() && target.get() instanceof Distributed table) {
      return ofDistributed(table);
    }
    if (context.session().loopback()) {
      throw Unsupported.feature("changing this table through the loopback");
    }
    return CoordinatorWrites.plan(statement, target, context);
  }

  private PlannedStatement ofDistributed(Distributed table) {
    checkForm(table);
    Assignments assignments = assignments();
    if (!Shards.isSingle(table)) {
      assignments.checkKeyIsKept(table);
    }
    assignments.checkDefaults(table);
    JoinedTables joined = JoinedTables.of(statement, modify, table, context);
    String qualifier = qualifier(table);
    Optional<List<KeyValue>> keys =
        Shards.isSingle(table)
            ? Optional.of(List.of(new KeyValue.Null()))
            : Conjuncts.of(modify.where()).keyValues(qualifier, table.key(), context);
    if (keys.isEmpty() && context.inspection().userFunctions()) {
      throw Unsupported.because(
          "a user's function in an UPDATE or DELETE of several shards",
          "Restrict the statement to one value of the distribution column.");
    }
    if (context.inspection().userFunctions() && namesWholeRow(table, qualifier)) {
      throw Unsupported.feature("a user's function of the whole row in an UPDATE or DELETE");
    }
    if (keys.isEmpty()) {
      Plan plan = plan(table, IntStream.range(0, table.shards().size()).boxed().toList(), joined);
      return PlannedStatement.of(plan);
    }
    if (Shards.isSingle(table)) {
      Plan plan = plan(table, List.of(0), joined);
      return PlannedStatement.of(plan);
    }
    return new KeyedPlan(
        statement,
        table,
        keys.get(),
        value -> KeyValue.of(value, table.key(), context),
        hashes -> plan(table, shardsOf(table, hashes), joined));
  }

  private Assignments assignments() {
    return modify.assignments().isEmpty()
        ? new Assignments(List.of())
        : Assignments.of(modify.assignments());
  }

  private void checkForm(Distributed table) {
    if (!modify.with().isEmpty()) {
      throw Unsupported.because(
          "WITH before UPDATE or DELETE of a distributed table", "Use a subquery or a join.");
    }
    if (modify.where().starts("current", "of")) {
      throw Unsupported.feature("WHERE CURRENT OF on a distributed table");
    }
    if (Shippable.needsCoordinator(statement.skip(1))) {
      throw Unsupported.feature(
          "a function of the coordinator database in an UPDATE or DELETE of a distributed table");
    }
    if (RowTypes.needed(statement, context).isPresent()
        || RowTypes.mayTell(statement, qualifier(table))) {
      throw Unsupported.feature("the type of a table's rows in an UPDATE or DELETE");
    }
    if (statement.contains("ctid") && table.shards().size() > 1) {
      throw context.session().loopback() ? ShellsCannotTell.whichRow() : ShellsCannotTell.ctid();
    }
  }

  private String qualifier(Distributed table) {
    if (!modify.alias().isEmpty()) {
      return modify.alias().first().value();
    }
    return context.session().loopback() ? String.valueOf(table.oid()) : table.name();
  }

  /**
   * Whether the target's name stands for its row, as in {@code f(t)} and {@code t.f}: rows of
   * shards have types of their own.
   */
  private boolean namesWholeRow(Distributed table, String qualifier) {
    return statement.names().stream()
        .filter(name -> name.start() >= modify.targetEnd())
        .filter(name -> !statement.hasSymbol(name.to() - statement.from(), "("))
        .map(Phrase::identifiers)
        .filter(parts -> parts.getFirst().equals(qualifier))
        .anyMatch(parts -> parts.size() == 1 || !isColumn(table, parts.get(1)));
  }

  private static boolean isColumn(Distributed table, String name) {
    return MeshNames.SYSTEM_COLUMNS.contains(name)
        || table.columns().stream().anyMatch(column -> column.name().equals(name));
  }

  private static List<Integer> shardsOf(Distributed table, List<OptionalInt> hashes) {
    TreeSet<Integer> indexes = new TreeSet<>();
    for (OptionalInt hash : hashes) {
      hash.ifPresent(value -> indexes.add(table.shardIndex(value)));
    }
    if (indexes.isEmpty()) {
      indexes.add(0); // compared with NULL: no row anywhere, but the answer has a form
    }
    return List.copyOf(indexes);
  }

  private Plan plan(Distributed table, List<Integer> shards, JoinedTables joined) {
    List<Task> tasks = shards.stream().map(index -> task(table, index, joined)).toList();
    return tasks.size() == 1
        ? new Plan.OneShard(tasks.getFirst(), true)
        : new Plan.Scatter(tasks, new Gather.Concat(), true);
  }

  private Task task(Distributed table, int index, JoinedTables joined) {
    Shard shard = table.shards().get(index);
    List<Long> shardIds = new ArrayList<>(Shards.ids(context.catalog(), table, shard));
    SqlWriter.Replacing text = new SqlWriter.Replacing(statement.sql());
    String relation = Shards.relation(table, shard);
    if (modify.alias().isEmpty()) {
      text.insert(modify.targetEnd(), " AS " + Identifiers.quote(qualifier(table)));
    }
    text.replace(modify.table(), relation);
    joined.replaceIn(text, index, shardIds);
    TimeDefaults.replaceIn(assignments(), table, text);
    SqlText sql = text.build(statement.start(), statement.end());
    Plan.Code code = context.inspection().userFunctions() ? Plan.Code.ANY : Plan.Code.BUILT_IN;
    return new Task(Shards.writer(context.catalog(), shard), sql, shardIds, code);
  }
}
