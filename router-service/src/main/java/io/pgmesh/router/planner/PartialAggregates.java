package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.router.planner.BuiltinFunctions.Kind;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Query;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Aggregates over groups that have rows in several shards: each shard aggregates its part, and the
 * last query puts the parts of a group together. DISTINCT arguments become columns to group by, so
 * that the last query sees each value.
 */
final class PartialAggregates {
  private static final String GROUP = "pgmesh_group_";
  private static final String PART = "pgmesh_part_";
  private static final String INT8 = "::pg_catalog.int8";
  private static final long FLOAT4 = 700;

  private final Query query;
  private final Query.Block block;
  private final Pushdown.Possible pushdown;
  private final SelectList list;
  private final List<Phrase> groups;
  private final List<Template> groupColumns = new ArrayList<>();
  private final Map<String, Template> partColumns = new LinkedHashMap<>();

  private PartialAggregates(Query query, Pushdown.Possible pushdown) {
    this.query = query;
    this.block = pushdown.block();
    this.pushdown = pushdown;
    this.list = new SelectList(block, pushdown.frame());
    this.groups = list.groups();
    groups.forEach(group -> groupColumns.add(new Template().copy(group)));
  }

  static Combination of(Query query, Pushdown.Possible pushdown) {
    return new PartialAggregates(query, pushdown).combination();
  }

  private Combination combination() {
    if (block.distinct().size() > 1
        || pushdown.calls(Kind.WINDOW)
        || pushdown.calls(Kind.SET)
        || pushdown.calls().contains("over")
        || block.items().stream().anyMatch(Query.Item::isStar)) {
      throw new NotPushable("it aggregates over several shards and more");
    }
    Template finish =
        new Template().add("SELECT " + (block.distinct().isEmpty() ? "" : "DISTINCT "));
    for (int i = 0; i < block.items().size(); i++) {
      Query.Item item = block.items().get(i);
      finish.add(i == 0 ? "" : ", ").add(rewrite(item.expression()));
      finish.add(item.label().isEmpty() ? "" : " AS " + Identifiers.quote(item.label()));
    }
    finish.add(" FROM " + Gather.Combine.PARTIAL);
    for (int i = 0; i < groups.size(); i++) {
      finish.add((i == 0 ? " GROUP BY " : ", ") + GROUP + (i + 1));
    }
    if (!block.having().isEmpty()) {
      finish.add(" HAVING ").add(rewrite(block.having()));
    }
    order(finish);
    finish.add(SortedRows.limits(query.tail()));
    Template shard = parts();
    Template shape = new Template().add(shard);
    SortedRows.clause(shard, " WHERE ", block.where());
    return new Combination(shard.add(grouping()), shape.add(grouping()), finish, true);
  }

  private void order(Template finish) {
    List<SelectList.Output> outputs = list.outputs();
    boolean first = true;
    for (Phrase part : query.tail().orderBy()) {
      SortKey key = SortKey.of(part);
      OptionalInt named = list.named(key.expression(), outputs);
      finish.add(first ? " ORDER BY " : ", ");
      if (named.isPresent()) {
        finish.add(String.valueOf(named.getAsInt() + 1));
      } else {
        finish.add(rewrite(key.expression()));
      }
      finish.add(key.suffix());
      first = false;
    }
  }

  /** All of a shard's query but WHERE and GROUP BY. */
  private Template parts() {
    Template text = new Template().add("SELECT ");
    int count = 0;
    for (Template group : groupColumns) {
      text.add(count++ == 0 ? "" : ", ").add(group).add(" AS " + GROUP + count);
    }
    int parts = 0;
    for (Template part : partColumns.values()) {
      text.add(count++ == 0 ? "" : ", ").add(part).add(" AS " + PART + ++parts);
    }
    return text.add(" FROM ").copy(block.fromText());
  }

  private Template grouping() {
    Template text = new Template();
    for (int i = 0; i < groupColumns.size(); i++) {
      text.add((i == 0 ? " GROUP BY " : ", ") + (i + 1));
    }
    return text;
  }

  // ---- expressions of the last query

  /** The expression over the parts: aggregates combined, grouped expressions by their columns. */
  private Template rewrite(Phrase expression) {
    Map<Integer, Call> aggregates = new LinkedHashMap<>();
    Call.in(expression).stream()
        .filter(Call::aggregates)
        .forEach(call -> aggregates.put(call.begin(), call));
    Template text = new Template();
    int begin = 0;
    int i = 0;
    while (i < expression.size()) {
      int next = i;
      Template instead = new Template();
      Call call = aggregates.get(i);
      if (call != null) {
        instead.add(combine(call, expression.sub(call.begin(), call.end())));
        next = call.end();
      } else {
        OptionalInt group = groupAt(expression, i);
        if (group.isPresent()) {
          instead.add(GROUP + (group.getAsInt() + 1));
          next = i + lengthAt(expression, i, groups.get(group.getAsInt()));
        }
      }
      if (next == i) {
        i = behindOther(expression, i);
        continue;
      }
      copy(expression, begin, i, text).add(instead);
      begin = next;
      i = next;
    }
    return copy(expression, begin, expression.size(), text);
  }

  private static Template copy(Phrase expression, int from, int to, Template text) {
    if (to > from) {
      text.add(from > 0 ? " " : "").copy(expression.sub(from, to));
      text.add(to < expression.size() ? " " : "");
    }
    return text;
  }

  /** Steps over a token or name that stays as it is; a column that stays would be unknown. */
  private int behindOther(Phrase expression, int index) {
    if (expression.has(index, "select")) {
      throw new NotPushable("a subquery stands beside aggregates");
    }
    int length = expression.nameLength(index);
    boolean call = expression.hasSymbol(index + length, "(");
    boolean column =
        length > 0
            && !call
            && pushdown.frame().resolve(expression.sub(index, index + length)).isPresent();
    if (column && !expression.hasSymbol(index - 1, "::") && !expression.has(index - 1, "as")) {
      throw new NotPushable(
          "column " + expression.sub(index, index + length).text() + " is used beside its groups");
    }
    return index + Math.max(1, length);
  }

  private OptionalInt groupAt(Phrase expression, int index) {
    for (int i = 0; i < groups.size(); i++) {
      if (lengthAt(expression, index, groups.get(i)) > 0) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  /** How many tokens of the expression at an index are the grouped expression; 0 if none. */
  private int lengthAt(Phrase expression, int index, Phrase group) {
    if (expression.hasSymbol(index - 1, ".") || expression.hasSymbol(index - 1, "::")) {
      return 0;
    }
    int name = expression.nameLength(index);
    if (group.nameLength(0) == group.size()) {
      boolean column = name > 0 && !expression.hasSymbol(index + name, "(");
      return column && sameColumn(expression.sub(index, index + name), group) ? name : 0;
    }
    if (!Expressions.startsWith(expression, index, group)) {
      return 0;
    }
    int end = index + group.size();
    boolean begins =
        index == 0 || expression.hasSymbol(index - 1, "(") || expression.hasSymbol(index - 1, ",");
    boolean ends =
        end == expression.size()
            || expression.hasSymbol(end, ")")
            || expression.hasSymbol(end, ",");
    return Expressions.isOperand(group) || begins && ends ? group.size() : 0;
  }

  private boolean sameColumn(Phrase name, Phrase group) {
    var column = pushdown.frame().resolve(name);
    return column.isPresent()
        ? column.equals(pushdown.frame().resolve(group))
        : Expressions.equal(name, group);
  }

  // ---- aggregates

  private Template combine(Call call, Phrase text) {
    Phrase arguments = call.arguments();
    boolean distinct = arguments.starts("distinct");
    boolean plain =
        !call.withinGroup()
            && arguments.find(0, "order", "by") < 0
            && !arguments.starts("all")
            && !arguments.contains("select")
            && !call.filter().contains("select");
    if (!plain) {
      throw new NotPushable("this form of " + call.name() + "() is not combined");
    }
    return switch (call.name()) {
      case "min", "max" -> extreme(call, text);
      case "bool_and", "bool_or", "every", "bit_and", "bit_or" -> own(call, text);
      case "count" ->
          distinct
              ? ofDistinct(call)
              : new Template().add("coalesce(pg_catalog.sum(" + part(text) + "), 0)" + INT8);
      case "sum" ->
          distinct ? ofDistinct(call) : new Template().add("pgmesh.sum_of(" + part(text) + ")");
      case "avg" -> distinct ? ofDistinct(call) : average(call, text);
      default -> throw new NotPushable(call.name() + "() over several shards is not combined");
    };
  }

  private Template extreme(Call call, Phrase text) {
    if (CompositeValues.mayBe(call.arguments(), pushdown.frame())) {
      throw new NotPushable(call.name() + "() of composite values is not combined");
    }
    return own(call, text);
  }

  private Template own(Call call, Phrase text) {
    return new Template().add("pg_catalog." + call.name() + "(" + part(text) + ")");
  }

  private Template average(Call call, Phrase text) {
    if (readsFloat4(call.arguments())) {
      throw new NotPushable("avg() of real numbers is not combined");
    }
    Phrase behindName = text.skip(text.nameLength(0));
    String sum = part("sum" + behindName.text(), new Template().add("sum").copy(behindName));
    String count = part("count" + behindName.text(), new Template().add("count").copy(behindName));
    return new Template()
        .add("pgmesh.average(pgmesh.sum_of(%s), pg_catalog.sum(%s)%s)".formatted(sum, count, INT8));
  }

  private boolean readsFloat4(Phrase arguments) {
    return arguments.contains("real")
        || arguments.contains("float4")
        || arguments.contains("float")
        || arguments.names().stream()
            .flatMap(name -> pushdown.frame().resolve(name).stream())
            .anyMatch(column -> column.typeOid() == FLOAT4);
  }

  /** The argument becomes a column to group by, so that each shard gives each value once. */
  private Template ofDistinct(Call call) {
    Phrase argument = call.arguments().skip(1);
    boolean row =
        argument.split(",").size() > 1 || argument.hasSymbol(0, "(") || argument.starts("row");
    if (row) {
      throw new NotPushable("DISTINCT rows inside of an aggregate are not combined");
    }
    Template column = new Template();
    if (call.filter().isEmpty()) {
      column.copy(argument);
    } else {
      column.add("CASE WHEN ").copy(call.filter()).add(" THEN ").copy(argument).add(" END");
    }
    groupColumns.add(column);
    return new Template()
        .add("pg_catalog." + call.name() + "(DISTINCT " + GROUP + groupColumns.size() + ")");
  }

  private String part(Phrase text) {
    return part(text.text(), new Template().copy(text));
  }

  private String part(String key, Template text) {
    if (!partColumns.containsKey(key)) {
      partColumns.put(key, text);
    }
    return PART + (List.copyOf(partColumns.keySet()).indexOf(key) + 1);
  }
}
