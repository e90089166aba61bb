package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.catalog.Shard;
import io.pgmesh.contracts.catalog.ShardNames;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Setting.Scope;
import io.pgmesh.contracts.plan.Server;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.router.sql.Lexer;
import io.pgmesh.router.sql.Phrase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** SET CONSTRAINTS: workers know the constraints of shards, under names of their own. */
final class ConstraintModes {

  /** A worker's part of the names. */
  private record Part(List<String> names, List<Long> shardIds) {
    Part() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  private ConstraintModes() {}

  static Plan.Setting plan(String name, SqlText sql, PlanContext context) {
    Phrase text = Phrase.of(sql.text(), Lexer.tokens(sql.text()));
    if (text.has(2, "all") || text.size() < 4) {
      return new Plan.Setting(name, Scope.TRANSACTION, sql);
    }
    Map<Server, Part> parts = new LinkedHashMap<>();
    for (Phrase constraint : text.sub(2, text.size() - 1).split(",")) {
      if (constraint.isEmpty() || constraint.nameLength(0) != constraint.size()) {
        return new Plan.Setting(name, Scope.TRANSACTION, sql); // PostgreSQL tells what is wrong
      }
      add(constraint.identifiers(), context, parts);
    }
    List<Task> workers = new ArrayList<>();
    parts.forEach(
        (server, part) ->
            workers.add(new Task(server, text(part, text.last().value()), part.shardIds())));
    return new Plan.Setting(name, Scope.TRANSACTION, sql, Optional.of(workers));
  }

  private static SqlText text(Part part, String mode) {
    return SqlText.made("SET CONSTRAINTS " + String.join(", ", part.names()) + " " + mode);
  }

  private static void add(List<String> name, PlanContext context, Map<Server, Part> parts) {
    String constraint = name.getLast();
    List<Distributed> tables =
        context.catalog().tables().stream()
            .filter(Distributed.class::isInstance)
            .map(Distributed.class::cast)
            .filter(table -> name.size() < 2 || table.schema().equals(name.get(name.size() - 2)))
            .filter(
                table -> table.constraints().stream().anyMatch(c -> c.name().equals(constraint)))
            .toList();
    if (tables.stream().map(Distributed::schema).distinct().count() > 1) {
      throw Unsupported.because(
          "SET CONSTRAINTS of a name that distributed tables of several schemas have",
          "Put the schema before the name, or use ALL.");
    }
    for (Distributed table : tables) {
      for (Shard shard : table.shards()) {
        String own =
            Identifiers.qualified(table.schema(), ShardNames.of(constraint, shard.shardId()));
        for (int group : shard.groups()) {
          Part part =
              parts.computeIfAbsent(Shards.server(context.catalog(), group), s -> new Part());
          part.names().add(own);
          part.shardIds().add(shard.shardId());
        }
      }
    }
  }
}
