package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.catalog.MeshTable.Reference;
import io.pgmesh.contracts.catalog.Shard;
import io.pgmesh.router.sql.Identifiers;
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
    List<Phrase> seen = new ArrayList<>();
    if (!modify.others().isEmpty()) {
      for (Phrase item : modify.others().split(",")) {
        joined(item, modify, target, context).ifPresent(list::add);
        seen.add(item);
      }
    }
    checkSubqueries(statement, modify, context);
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

  private static void checkLive(Reference table, Distributed target, PlanContext context) {
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

  /** Subqueries may read reference tables only. */
  private static void checkSubqueries(
      Phrase statement, ModifyStatement modify, PlanContext context) {
    if (!Shippable.hasSubquery(statement.skip(1))) {
      return;
    }
    Distributed target = (Distributed) context.meshTable(modify.table()).orElseThrow();
    for (Phrase name : subqueryTables(statement)) {
      Optional<MeshTable> table = context.meshTable(name);
      if (table.isPresent() && table.get() instanceof Reference reference) {
        checkLive(reference, target, context);
      } else {
        throw Unsupported.because(
            "a subquery over distributed or local tables in a change of a distributed table",
            "Select the values first, or join colocated tables on their distribution columns.");
      }
    }
  }

  /** Names behind FROM, JOIN and commas of FROM lists, inside parentheses. */
  private static List<Phrase> subqueryTables(Phrase statement) {
    List<Phrase> names = new ArrayList<>();
    for (int i = 0; i < statement.size(); i++) {
      if (!statement.hasSymbol(i, "(")) {
        continue;
      }
      Phrase inside = statement.sub(i + 1, Math.max(i + 1, statement.behindBrackets(i) - 1));
      if (inside.starts("with") || inside.starts("table")) {
        throw Unsupported.feature("WITH or TABLE inside a change of a distributed table");
      }
      if (inside.starts("select")) {
        int branch = 0;
        while (branch >= 0) {
          collect(inside.skip(branch), names);
          branch = nextBranch(inside, branch + 1);
        }
      }
    }
    return names;
  }

  private static int nextBranch(Phrase inside, int start) {
    int next = inside.find(start, "select");
    return next;
  }

  private static void collect(Phrase select, List<Phrase> names) {
    SelectParts parts = SelectParts.of(select);
    if (parts.from().isEmpty()) {
      return;
    }
    for (Phrase item : parts.from().split(",")) {
      collectItem(item, names);
    }
  }

  private static void collectItem(Phrase item, List<Phrase> names) {
    int at = 0;
    boolean expectsTable = true;
    while (at < item.size()) {
      int length = item.nameLength(at);
      if (expectsTable
          && item.hasSymbol(at, "(")
          && !item.has(at + 1, "select")
          && !item.has(at + 1, "values")) {
        throw Unsupported.feature("a parenthesized join inside a change of a distributed table");
      }
      boolean lateral = item.has(at, "lateral") || item.has(at, "only");
      if (expectsTable && length > 0 && !lateral && !item.hasSymbol(at + length, "(")) {
        names.add(item.sub(at, at + length));
      }
      expectsTable = lateral || item.has(at, "join");
      at = item.hasSymbol(at, "(") ? item.behindBrackets(at) : at + Math.max(length, 1);
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
