package io.pgmesh.router.planner;

import io.pgmesh.contracts.api.SessionEvent.Relation;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.RowLocks;
import io.pgmesh.router.sql.NotUnderstood;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Query;
import io.pgmesh.router.sql.Query.Source;
import io.pgmesh.router.sql.QueryReader;
import io.pgmesh.router.sql.SqlWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The distributed tables of a statement whose locked rows are not waited for, each of which gets a
 * {@link WaitMark} in the WHERE beside it. Locks on a query in FROM are locks on its tables. Where
 * views are not waited for either, the statement says so, and tables that are have marks.
 */
final class WaitMarks {
  private final PlanContext context;
  private final Map<Integer, Mark> marks = new TreeMap<>();
  private final Map<Integer, RowLocks> views = new TreeMap<>();
  private boolean reachFurther;

  private record Mark(Query.Table table, Query.Block block, RowLocks locks) {
    Mark and(Mark other) {
      return new Mark(table, block, locks.and(other.locks));
    }
  }

  private WaitMarks(PlanContext context) {
    this.context = context;
  }

  /** None for a form of query that is not read: see {@link #unmarked}. */
  static WaitMarks of(Phrase statement, PlanContext context) {
    WaitMarks marks = new WaitMarks(context);
    if (LockClauses.everywhere(statement).stream().anyMatch(RowLocks::passesBy)) {
      try {
        QueriesInside.of(statement).forEach(query -> marks.read(query, Set.of()));
      } catch (NotUnderstood form) {
        marks.unread(statement);
      }
      if (!marks.ofViews().passesBy()) {
        marks.marks.values().removeIf(mark -> !mark.locks.passesBy());
      }
    }
    return marks;
  }

  /**
   * What scans do about locks of others that no mark tells: those of views' tables, which are named
   * elsewhere, and all of a form of query that is not read.
   *
   * @throws SqlError 0A000 where that cannot be told
   */
  static RowLocks unmarked(Phrase statement, PlanContext context) {
    Set<RowLocks> found = LockClauses.everywhere(statement);
    if (found.isEmpty()) {
      return RowLocks.NONE;
    }
    WaitMarks marks = of(statement, context);
    boolean told = marks.reachFurther ? found.size() == 1 : marks.leaveOneForViews();
    if (!told) {
      throw Unsupported.feature(
          "row locks of which some wait and others do not, over several views or in this form of"
              + " query");
    }
    return marks.reachFurther ? found.iterator().next() : marks.ofViews();
  }

  /** The statement's word is added to a mark that does not say to wait. */
  private boolean leaveOneForViews() {
    RowLocks ofViews = ofViews();
    boolean mixed = views.values().stream().anyMatch(locks -> locks != ofViews);
    boolean outdone =
        ofViews == RowLocks.NOWAIT
            && marks.values().stream().anyMatch(mark -> mark.locks == RowLocks.SKIP_LOCKED);
    return !ofViews.passesBy() || !mixed && !outdone;
  }

  /** What is said about the rows of views. */
  private RowLocks ofViews() {
    return views.values().stream().reduce(RowLocks.WAIT, RowLocks::and);
  }

  private void unread(Phrase statement) {
    marks.clear();
    views.clear();
    reachFurther =
        context.namesDistributed(statement) || statement.names().stream().anyMatch(this::isView);
  }

  private boolean isView(Phrase name) {
    return context.relation(name).filter(Relation::readsShards).isPresent();
  }

  void writeTo(SqlWriter.Replacing text) {
    Map<Integer, Query.Block> blocks = new TreeMap<>();
    Map<Integer, String> conditions = new TreeMap<>();
    for (Mark mark : marks.values()) {
      int at = mark.block.text().from();
      blocks.put(at, mark.block);
      String condition = WaitMark.on(mark.table, mark.locks);
      conditions.merge(at, condition, (one, other) -> one + " AND " + other);
    }
    blocks.forEach((at, block) -> write(conditions.get(at), block, text));
  }

  private static void write(String condition, Query.Block block, SqlWriter.Replacing text) {
    if (block.where().isEmpty()) {
      text.insert(block.fromText().end(), " WHERE " + condition);
    } else {
      text.insert(block.where().start(), "(");
      text.insert(block.where().end(), ") AND " + condition);
    }
  }

  private void read(Query query, Set<String> outer) {
    Set<String> common = common(query, outer);
    query.with().forEach(part -> read(part.query(), common));
    readBody(query.body(), common);
    expression(query.tail().text(), common);
    LockClauses.read(query.tail().locking()).forEach(clause -> lock(query.body(), clause, common));
  }

  private static Set<String> common(Query query, Set<String> outer) {
    Set<String> names = new HashSet<>(outer);
    query.with().forEach(part -> names.add(part.name()));
    return names;
  }

  private void readBody(Query.Body body, Set<String> common) {
    switch (body) {
      case Query.Block block -> {
        block.from().forEach(source -> readSource(source, common));
        block.items().forEach(item -> expression(item.expression(), common));
        block.groupBy().forEach(part -> expression(part, common));
        List.of(block.distinct(), block.where(), block.having(), block.window())
            .forEach(part -> expression(part, common));
      }
      case Query.Operation(var operands) -> operands.forEach(part -> readBody(part, common));
      case Query.Nested(var query) -> read(query, common);
      case Query.Values(var rows) -> expression(rows, common);
    }
  }

  private void readSource(Source source, Set<String> common) {
    switch (source) {
      case Query.Table table -> {}
      case Query.Function function -> expression(function.text(), common);
      case Query.Derived derived -> read(derived.query(), common);
      case Query.Join join -> {
        readSource(join.left(), common);
        readSource(join.right(), common);
        expression(join.on(), common);
      }
    }
  }

  private void expression(Phrase phrase, Set<String> common) {
    QueryReader.subqueries(phrase).forEach(query -> read(query, common));
  }

  private void lock(Query.Body body, LockClauses.Clause clause, Set<String> common) {
    switch (body) {
      case Query.Block block -> block.from().forEach(source -> lock(source, block, clause, common));
      case Query.Nested(var query) -> lock(query.body(), clause, common(query, common));
      case Query.Operation operation -> {} // PostgreSQL's own error
      case Query.Values values -> {}
    }
  }

  private void lock(
      Source source, Query.Block block, LockClauses.Clause clause, Set<String> common) {
    switch (source) {
      case Query.Table table -> {
        boolean isCommon =
            table.name().size() == 1 && common.contains(table.name().first().value());
        if (!isCommon && clause.isOf(table.alias())) {
          lock(new Mark(table, block, clause.locks()));
        }
      }
      case Query.Derived derived -> {
        if (clause.isOf(derived.alias())) {
          var all = new LockClauses.Clause(Set.of(), clause.locks());
          lock(derived.query().body(), all, common(derived.query(), common));
        }
      }
      case Query.Function function -> {}
      case Query.Join join -> {
        lock(join.left(), block, clause, common);
        lock(join.right(), block, clause, common);
      }
    }
  }

  private void lock(Mark mark) {
    if (context.distributed(mark.table.name()).isPresent()) {
      marks.merge(mark.table.name().from(), mark, Mark::and);
    }
    if (isView(mark.table.name())) {
      views.merge(mark.table.name().from(), mark.locks, RowLocks::and);
    }
  }
}
