package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.catalog.MeshTable.Reference;
import io.pgmesh.contracts.catalog.Shard;
import io.pgmesh.router.sql.ModifyStatement;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SqlWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Other tables that an UPDATE or DELETE of a distributed table reads: colocated ones joined on the
 * distribution column, and reference tables whose replicas are live. Anything else is refused.
 */
record JoinedTables(List<Joined> list) {

  /** A colocated table where it stands in the text. */
  record Joined(Phrase name, boolean hasAlias, Distributed table) {}

  static JoinedTables of(
      Phrase statement, ModifyStatement modify, Distributed target, PlanContext context) {
    List<Joined> list = new ArrayList<>();
    if (!modify.others().isEmpty()) {
      for (Phrase item : modify.others().split(",")) {
        joined(item, modify, target, context).ifPresent(list::add);
      }
    }
    if (Shippable.hasSubquery(statement.skip(1))) {
      list.addAll(new ModifySubqueries(statement, modify, target, context).tables());
    }
    return new JoinedTables(list);
  }

  private static Optional<Joined> joined(
      Phrase item, ModifyStatement modify, Distributed target, PlanContext context) {
    int length = item.nameLength(0);
    Phrase behind = item.skip(length);
    Phrase alias = behind.starts("as") ? behind.skip(1) : behind;
    if (length == 0 || alias.size() > 1 || !alias.isEmpty() && !alias.first().isIdentifier()) {
      throw Unsupported.feature(
          "a subquery, function or JOIN in FROM or USING of a change of a distributed table");
    }
    Phrase name = item.sub(0, length);
    MeshTable table =
        context
            .meshTable(name)
            .orElseThrow(
                () ->
                    Unsupported.because(
                        "joining a local table when a distributed table is changed",
                        "Make it a reference table."));
    return switch (table) {
      case Reference reference -> {
        checkLive(reference, target, context);
        yield Optional.empty();
      }
      case Distributed distributed -> {
        String called = alias.isEmpty() ? distributed.name() : alias.first().value();
        checkColocated(distributed, called, modify, target);
        yield Optional.of(new Joined(name, !alias.isEmpty(), distributed));
      }
    };
  }

  private static void checkColocated(
      Distributed other, String called, ModifyStatement modify, Distributed target) {
    String targetCalled = modify.alias().isEmpty() ? target.name() : modify.alias().first().value();
    boolean joined =
        Conjuncts.of(modify.where())
            .equate(targetCalled, target.distributionColumn(), called, other.distributionColumn());
    if (!joined && !Shards.isSingle(target) || other.colocationId() != target.colocationId()) {
      throw Unsupported.because(
          "a change of a distributed table that joins another one not on the distribution column",
          "Join colocated tables on their distribution columns.");
    }
  }

  static void checkLive(Reference table, Distributed target, PlanContext context) {
    boolean everywhere =
        target.shards().stream()
            .allMatch(shard -> table.liveGroups().contains(shard.groups().getFirst()));
    if (!everywhere || context.session().wroteReference()) {
      throw Unsupported.message(
          context.session().wroteReference()
              ? "a change of a distributed table cannot read reference table \""
                  + table.name()
                  + "\" in a transaction that has written a reference table"
              : "reference table \"" + table.name() + "\" has no live replica on some worker");
    }
  }

  /** Puts the shards of one index of the colocation group in. */
  void replaceIn(SqlWriter.Replacing text, int index, List<Long> shardIds) {
    for (Joined joined : list) {
      Shard shard = joined.table().shards().get(index);
      shardIds.add(shard.shardId());
      String alias = joined.hasAlias() ? "" : " AS " + Identifiers.quote(joined.table().name());
      text.replace(joined.name(), Shards.relation(joined.table(), shard) + alias);
    }
  }
}
