package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Column;
import io.pgmesh.contracts.catalog.Column.Fill;
import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.catalog.Shard;
import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.router.sql.InsertStatement;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SqlWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * INSERT … SELECT whose rows stay on their shard: from one distributed table that is colocated with
 * the target, its distribution column passed through unchanged, each row or group by itself.
 */
final class ColocatedInsertSelect {
  private static final Set<String> SPANNING =
      Set.of("distinct", "over", "select", "with", "values");

  private final InsertStatement insert;
  private final Distributed table;
  private final List<Column> columns;
  private final InsertTails tails;
  private final PlanContext context;

  ColocatedInsertSelect(
      InsertStatement insert,
      Distributed table,
      List<Column> columns,
      InsertTails tails,
      PlanContext context) {
    this.insert = insert;
    this.table = table;
    this.columns = columns;
    this.tails = tails;
    this.context = context;
  }

  /** The plan, or empty when it is not certain that rows stay on their shard. */
  Optional<Plan> plan(Phrase query) {
    if (!query.starts("select") || !insert.with().isEmpty() || !targetAllows()) {
      return Optional.empty();
    }
    SelectParts parts = SelectParts.of(query);
    int nameLength = parts.from().nameLength(0);
    if (nameLength == 0 || !parts.rest().isEmpty() || !shippable(query)) {
      return Optional.empty();
    }
    Phrase name = parts.from().sub(0, nameLength);
    Optional<String> alias = alias(parts.from().skip(nameLength));
    if (alias.isEmpty()
        || !(context.meshTable(name).orElse(null) instanceof Distributed source)
        || source.colocationId() != table.colocationId()) {
      return Optional.empty();
    }
    String called = alias.get().isEmpty() ? source.name() : alias.get();
    return keyPassesThrough(parts, source, called) && groupsStay(parts, source, called)
        ? Optional.of(scatter(query, name, source, alias.get().isEmpty()))
        : Optional.empty();
  }

  private boolean targetAllows() {
    return table.columns().stream()
            .noneMatch(c -> c.fill() == Fill.COORDINATOR && !columns.contains(c))
        && !insert.overriding().has(1, "user");
  }

  private boolean shippable(Phrase query) {
    Phrase body = query.skip(1);
    return SPANNING.stream().noneMatch(body::contains)
        && !Shippable.needsCoordinator(body)
        && RowTypes.needed(body, context).isEmpty()
        && !body.contains("pg_typeof")
        && !context.inspection().userFunctions();
  }

  /** The alias behind the only table of FROM, empty text for none; empty for anything else. */
  private static Optional<String> alias(Phrase behindName) {
    Phrase alias = behindName.starts("as") ? behindName.skip(1) : behindName;
    if (alias.isEmpty()) {
      return Optional.of("");
    }
    return alias.size() == 1 && alias.first().isIdentifier()
        ? Optional.of(alias.first().value())
        : Optional.empty();
  }

  private boolean keyPassesThrough(SelectParts parts, Distributed source, String called) {
    int keyIndex = columns.indexOf(table.key());
    if (parts.items().size() == 1
        && parts.items().getFirst().size() == 1
        && SelectParts.isStar(parts.items().getFirst())) {
      return columns.size() == source.columns().size()
          && keyIndex >= 0
          && source.columns().get(keyIndex).equals(source.key());
    }
    return keyIndex >= 0
        && parts.items().size() == columns.size()
        && parts.items().stream().noneMatch(SelectParts::isStar)
        && source.key().typeOid() == table.key().typeOid()
        && isKey(withoutAlias(parts.items().get(keyIndex)), source, called);
  }

  private static Phrase withoutAlias(Phrase item) {
    int length = item.nameLength(0);
    boolean aliased = length > 0 && item.size() > length;
    return aliased
        ? item.sub(0, item.has(length, "as") || item.size() == length + 1 ? length : item.size())
        : item;
  }

  private static boolean isKey(Phrase phrase, Distributed source, String called) {
    if (phrase.isEmpty() || phrase.nameLength(0) != phrase.size()) {
      return false;
    }
    List<String> parts = phrase.identifiers();
    return parts.getLast().equals(source.distributionColumn())
        && (parts.size() == 1 || parts.size() == 2 && parts.getFirst().equals(called));
  }

  /** Aggregates are of one shard only when the distribution column is among the grouping ones. */
  private static boolean groupsStay(SelectParts parts, Distributed source, String called) {
    if (!parts.groupBy().isEmpty()) {
      return parts.groupBy().split(",").stream().anyMatch(item -> isKey(item, source, called));
    }
    return parts.items().stream().noneMatch(Shippable::hasCall);
  }

  private Plan scatter(Phrase query, Phrase name, Distributed source, boolean addAlias) {
    List<Task> tasks = new ArrayList<>();
    for (int i = 0; i < table.shards().size(); i++) {
      Shard target = table.shards().get(i);
      Shard from = source.shards().get(i);
      String relation =
          Shards.relation(source, from)
              + (addAlias ? " AS " + Identifiers.quote(source.name()) : "");
      tasks.add(
          new Task(
              Shards.writer(context.catalog(), target),
              text(target, query, name, relation),
              List.of(target.shardId(), from.shardId())));
    }
    return new Plan.Scatter(tasks, new Gather.Concat(), true);
  }

  private SqlText text(Shard target, Phrase query, Phrase name, String relation) {
    List<Column> absent = TimeDefaults.absent(table, columns, context);
    List<String> names =
        Stream.concat(columns.stream(), absent.stream()).map(Column::name).toList();
    SqlWriter writer = new SqlWriter();
    writer.add("INSERT INTO " + Shards.relation(table, target) + " AS " + tails.alias());
    writer.add(" (" + Identifiers.list(names) + ") ");
    if (!insert.overriding().isEmpty()) {
      writer.copy(insert.overriding()).add(" ");
    }
    int listEnd = SelectParts.of(query).items().getLast().end();
    writer.copy(query.sql(), query.start(), listEnd);
    absent.forEach(column -> writer.add(", " + TimeDefaults.sql(column)));
    writer
        .copy(query.sql(), listEnd, name.start())
        .add(relation)
        .copy(query.sql(), name.end(), query.end());
    tails.copyTo(writer);
    return writer.build();
  }
}
