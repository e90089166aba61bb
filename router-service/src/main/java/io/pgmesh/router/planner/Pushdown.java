package io.pgmesh.router.planner;

import io.pgmesh.router.planner.BuiltinFunctions.Kind;
import io.pgmesh.router.planner.Fact.ColumnRef;
import io.pgmesh.router.planner.QueryAnalysis.BlockView;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Query;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Whether a query can be computed shard by shard. */
sealed interface Pushdown {

  /**
   * @param keys columns whose hash says at which shard a row of FROM is
   * @param known holds for the rows that WHERE lets through
   * @param calls names of called functions
   */
  record Possible(
      Query.Block block, Frame frame, Set<ColumnRef> keys, Facts known, Set<String> calls)
      implements Pushdown {

    /** Whether an expression is a column that tells the shard. */
    boolean isKey(Phrase expression) {
      return frame
          .resolve(Facts.withoutParentheses(expression))
          .filter(column -> known.equalTo(column).stream().anyMatch(keys::contains))
          .isPresent();
    }

    boolean calls(Kind kind) {
      return calls.stream().anyMatch(name -> BuiltinFunctions.kind(name) == kind);
    }
  }

  /**
   * @param reason for people
   */
  record Impossible(String reason) implements Pushdown {}

  static Pushdown of(Query query, QueryAnalysis analysis, PlanContext context) {
    if (!(query.body() instanceof Query.Block block)) {
      return new Impossible("it is not a single SELECT");
    }
    if (!query.with().isEmpty()) {
      return new Impossible("it has common table expressions");
    }
    if (analysis.distributed().stream().anyMatch(use -> use.block() != block)) {
      return new Impossible("a subquery reads a distributed table");
    }
    BlockView view = analysis.view(block);
    if (view.partition() instanceof Partition.Broken(var reason)) {
      return new Impossible(reason);
    }
    if (query.text().names().stream().anyMatch(name -> isForeignCall(name, query.text()))) {
      return new Impossible("it calls a function by its schema");
    }
    Set<String> calls = new TreeSet<>(CoordinatorReads.calls(query.text()));
    for (String name : calls) {
      if (BuiltinFunctions.kind(name) == Kind.UNKNOWN && !isTable(name, view)) {
        return new Impossible("it may aggregate: " + name + "() is not known");
      }
    }
    Optional<String> unsteady = unsteady(block);
    if (unsteady.isPresent()) {
      return new Impossible(unsteady.get());
    }
    if (namesWholeRow(block, view)) {
      return new Impossible("whole rows of different shards have different types");
    }
    Set<ColumnRef> keys = ((Partition.ByKey) view.partition()).keys();
    return new Possible(block, view.frame(), keys, view.known(), calls);
  }

  /** What each shard might decide in its own way. */
  private static Optional<String> unsteady(Query.Block block) {
    boolean part =
        block.text().contains("limit")
            || block.text().contains("offset")
            || block.text().contains("fetch");
    if (part) {
      return Optional.of("a subquery takes a part of its rows");
    }
    boolean random =
        CoordinatorReads.calls(block.fromText()).stream()
            .anyMatch(name -> BuiltinFunctions.kind(name) == Kind.VOLATILE);
    return random ? Optional.of("FROM calls a volatile function") : Optional.empty();
  }

  private static boolean namesWholeRow(Query.Block block, BlockView view) {
    return block.items().stream()
        .flatMap(item -> item.expression().names().stream())
        .filter(name -> name.size() == 1)
        .map(name -> name.first().value())
        .anyMatch(name -> view.frame().isAlias(name) && !view.frame().hasColumn(name));
  }

  private static boolean isForeignCall(Phrase name, Phrase text) {
    return name.size() > 1
        && text.hasSymbol(name.to() - text.from(), "(")
        && !name.first().value().equals("pg_catalog");
  }

  private static boolean isTable(String name, BlockView view) {
    return view.frame().isAlias(name);
  }
}
