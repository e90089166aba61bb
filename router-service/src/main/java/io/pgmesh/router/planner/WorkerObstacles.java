package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.router.planner.QueryAnalysis.Use;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Query;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What keeps a query from workers altogether. */
final class WorkerObstacles {
  /** Volatile functions that mean on a worker what they mean elsewhere. */
  static final Set<String> HARMLESS =
      Set.of(
          "random",
          "random_normal",
          "gen_random_uuid",
          "uuidv4",
          "uuidv7",
          "clock_timestamp",
          "timeofday");

  /** Words that mean the server or session they run in. */
  private static final Set<String> ABOUT_SESSION =
      Set.of(
          "current_catalog",
          "current_database",
          "current_schema",
          "current_schemas",
          "version",
          "current_setting");

  private WorkerObstacles() {}

  /** The first obstacle, as the reason why the coordinator database runs the query. */
  static Optional<String> find(
      Phrase text, Query query, QueryAnalysis analysis, PlanContext context) {
    if (!analysis.others().isEmpty()) {
      return Optional.of(
          "\""
              + analysis.others().getFirst().text()
              + "\" is not a distributed or reference table");
    }
    if (!colocated(analysis.distributed())) {
      return Optional.of("its distributed tables are not colocated");
    }
    if (!analysis.references().isEmpty() && context.session().wroteReference()) {
      return Optional.of("the transaction has written a reference table");
    }
    if (!analysis.references().isEmpty() && !query.tail().locking().isEmpty()) {
      return Optional.of("rows of reference tables are locked on their primary copy");
    }
    if (analysis.uses().stream().anyMatch(WorkerObstacles::samplesReplica)) {
      return Optional.of("each replica of a reference table would give another sample");
    }
    if (context.inspection().userFunctions()) {
      return Optional.of("it calls a function of a user's");
    }
    if (analysis.blocks().stream()
        .flatMap(block -> block.from().stream())
        .anyMatch(WorkerObstacles::isTime)) {
      return Optional.of("the time of the transaction is a table of its FROM");
    }
    if (Shippable.needsCoordinator(text)) {
      return Optional.of("it uses what only the coordinator database knows");
    }
    Optional<Phrase> type = RowTypes.needed(text, context);
    if (type.isPresent()) {
      return type.map(name -> "workers have no type " + name.text());
    }
    if (analysis.distributed().stream()
        .anyMatch(use -> RowTypes.mayTell(text, use.source().alias()))) {
      return Optional.of("rows of shards have types of their own");
    }
    return ofNames(text, analysis, context);
  }

  /** The word's own name would be the table's and its column's. */
  private static boolean isTime(Query.Source source) {
    return switch (source) {
      case Query.Function function -> TransactionTime.starts(function.text());
      case Query.Join join -> isTime(join.left()) || isTime(join.right());
      case Query.Table table -> false;
      case Query.Derived derived -> false; // its SELECTs are looked at by themselves
    };
  }

  private static boolean samplesReplica(Use use) {
    return !use.distributed() && !use.source().sample().isEmpty();
  }

  private static boolean colocated(List<Use> uses) {
    Distributed first = (Distributed) uses.getFirst().table();
    return uses.stream()
        .map(use -> (Distributed) use.table())
        .allMatch(
            table ->
                table.colocationId() == first.colocationId()
                        && table.shards().size() == first.shards().size()
                        && table.key().typeOid() == first.key().typeOid()
                    || table.equals(first));
  }

  private static Optional<String> ofNames(
      Phrase text, QueryAnalysis analysis, PlanContext context) {
    boolean loopback = context.session().loopback();
    for (Phrase name : text.names()) {
      String last = name.last().value();
      boolean call = text.hasSymbol(name.to() - text.from(), "(");
      if (call
          && BuiltinFunctions.kind(last) == BuiltinFunctions.Kind.VOLATILE
          && !HARMLESS.contains(last)) {
        return Optional.of(last + "() runs in the coordinator database");
      }
      if (name.size() == 1 && ABOUT_SESSION.contains(last)) {
        return Optional.of(last + " is about the coordinator database");
      }
      if (name.size() > 3 && !call) {
        return Optional.of("a column is named with its schema");
      }
      if (loopback && last.equals("ctid") && severalShards(analysis)) {
        return Optional.of("ctid means nothing over several shards");
      }
    }
    return Optional.empty();
  }

  private static boolean severalShards(QueryAnalysis analysis) {
    return ((Distributed) analysis.distributed().getFirst().table()).shards().size() > 1;
  }
}
