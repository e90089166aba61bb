package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.catalog.MeshTable.Reference;
import io.pgmesh.router.planner.JoinedTables.Joined;
import io.pgmesh.router.sql.ModifyStatement;
import io.pgmesh.router.sql.Phrase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tables that subqueries of an UPDATE or DELETE of a distributed table read: reference tables, and
 * colocated ones of which only rows of the same shard can matter, since the subquery is correlated
 * by the distribution columns, or is {@code key IN (SELECT key FROM …)}. Anything else is refused.
 */
final class ModifySubqueries {
  private static final List<String> JOIN_WORDS =
      List.of("join", "inner", "left", "right", "full", "cross", "natural", "on");

  /** A table of a subquery's FROM, by the name that the subquery calls it. */
  private record Source(Phrase name, boolean hasAlias, String called) {}

  private final Phrase statement;
  private final Distributed target;
  private final String targetCalled;
  private final PlanContext context;
  private final List<Joined> joined = new ArrayList<>();

  ModifySubqueries(
      Phrase statement, ModifyStatement modify, Distributed target, PlanContext context) {
    this.statement = statement;
    this.target = target;
    this.targetCalled = modify.alias().isEmpty() ? target.name() : modify.alias().first().value();
    this.context = context;
  }

  /** The distributed ones; checks all. */
  List<Joined> tables() {
    for (int i = 0; i < statement.size(); i++) {
      if (!statement.hasSymbol(i, "(")) {
        continue;
      }
      Phrase inside = statement.sub(i + 1, Math.max(i + 1, statement.behindBrackets(i) - 1));
      if (inside.starts("with") || inside.starts("table")) {
        throw Unsupported.feature("WITH or TABLE inside a change of a distributed table");
      }
      int branch = inside.starts("select") ? 0 : -1;
      while (branch >= 0) {
        check(SelectParts.of(inside.skip(branch)), branch == 0 && isKeyIn(i));
        branch = inside.find(branch + 1, "select");
      }
    }
    return joined;
  }

  private boolean isKeyIn(int open) {
    boolean qualified = statement.hasSymbol(open - 3, ".");
    int start = qualified ? open - 4 : open - 2;
    return start >= 0
        && statement.has(open - 1, "in")
        && statement.at(open - 2).isIdentifier()
        && !statement.has(open - 2, "not")
        && Conjuncts.isColumn(
            statement.sub(start, open - 1), targetCalled, target.distributionColumn());
  }

  private void check(SelectParts parts, boolean keyIn) {
    if (parts.from().isEmpty()) {
      return;
    }
    List<Source> sources = new ArrayList<>();
    for (Phrase item : parts.from().split(",")) {
      collect(item, sources);
    }
    for (Source source : sources) {
      Optional<MeshTable> table = context.meshTable(source.name());
      if (table.isPresent() && table.get() instanceof Reference reference) {
        JoinedTables.checkLive(reference, target, context);
      } else if (table.isPresent()
          && table.get() instanceof Distributed other
          && staysOnShard(parts, source, other, sources.size(), keyIn)) {
        joined.add(new Joined(source.name(), source.hasAlias(), other));
      } else {
        throw Unsupported.because(
            "such a subquery over distributed or local tables in a change of a distributed table",
            "Compare its distribution column with that of the changed table, or select the values"
                + " first.");
      }
    }
  }

  private boolean staysOnShard(
      SelectParts parts, Source source, Distributed other, int sourceCount, boolean keyIn) {
    return other.colocationId() == target.colocationId()
        && (Shards.isSingle(target)
            || isCorrelated(parts, source, other, sourceCount)
            || keyIn && selectsKey(parts, source, other));
  }

  private boolean isCorrelated(
      SelectParts parts, Source source, Distributed other, int sourceCount) {
    if (source.called().equals(targetCalled)) {
      return false; // it hides the changed table
    }
    String own = other.distributionColumn();
    String outer = target.distributionColumn();
    boolean alone = sourceCount == 1 && parts.from().find(0, "join") < 0;
    boolean outerIsPlain =
        alone && other.columns().stream().noneMatch(column -> column.name().equals(outer));
    for (Phrase condition : Conjuncts.of(parts.where()).list()) {
      int length = condition.nameLength(0);
      Phrase right = condition.skip(length + 1);
      if (length == 0
          || !condition.hasSymbol(length, "=")
          || right.isEmpty()
          || right.nameLength(0) != right.size()) {
        continue;
      }
      Phrase left = condition.sub(0, length);
      boolean inOrder =
          is(left, source.called(), own, alone) && is(right, targetCalled, outer, outerIsPlain);
      boolean turned =
          is(right, source.called(), own, alone) && is(left, targetCalled, outer, outerIsPlain);
      if (inOrder || turned) {
        return true;
      }
    }
    return false;
  }

  private static boolean is(Phrase name, String qualifier, String column, boolean mayBePlain) {
    List<String> parts = name.identifiers();
    return parts.getLast().equals(column)
        && (parts.size() == 1 && mayBePlain
            || parts.size() == 2 && parts.getFirst().equals(qualifier));
  }

  /** Whether the subquery is nothing but distribution columns of some rows. */
  private static boolean selectsKey(SelectParts parts, Source source, Distributed other) {
    Phrase item = parts.items().getFirst();
    return parts.items().size() == 1
        && parts.rest().isEmpty()
        && parts.groupBy().isEmpty()
        && parts.from().split(",").size() == 1
        && parts.from().find(0, "join") < 0
        && !item.isEmpty()
        && item.nameLength(0) == item.size()
        && Conjuncts.isColumn(item, source.called(), other.distributionColumn());
  }

  private static void collect(Phrase item, List<Source> sources) {
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
      boolean modifier = item.has(at, "lateral") || item.has(at, "only");
      if (expectsTable && length > 0 && !modifier && !item.hasSymbol(at + length, "(")) {
        sources.add(source(item, at, length));
      }
      expectsTable = modifier || item.has(at, "join");
      at = item.hasSymbol(at, "(") ? item.behindBrackets(at) : at + Math.max(length, 1);
    }
  }

  private static Source source(Phrase item, int at, int length) {
    Phrase name = item.sub(at, at + length);
    int alias = at + length + (item.has(at + length, "as") ? 1 : 0);
    boolean hasAlias =
        alias < item.size()
            && item.at(alias).isIdentifier()
            && !JOIN_WORDS.contains(item.at(alias).value());
    return new Source(
        name, hasAlias, hasAlias ? item.at(alias).value() : name.identifiers().getLast());
  }
}
