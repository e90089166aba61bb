package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.router.planner.SelectList.Output;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Query;
import io.pgmesh.router.sql.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * ORDER BY, DISTINCT, LIMIT over rows that shards compute to the end: the shards' rows get their
 * sort keys as further columns, and the last query sorts, drops doubles and cuts. Where it may,
 * each shard sorts and cuts too.
 */
final class SortedRows {
  private static final String COLUMN = "pgmesh_";

  private final Query query;
  private final Query.Block block;
  private final SelectList list;
  private final List<Output> outputs;
  private final List<Template> columns = new ArrayList<>();
  private final Template shardOrder = new Template();
  private final Template finishOrder = new Template();

  private SortedRows(Query query, Pushdown.Possible pushdown) {
    this.query = query;
    this.block = pushdown.block();
    this.list = new SelectList(block, pushdown.frame());
    this.outputs = list.outputs();
    outputs.forEach(output -> columns.add(output.expression()));
  }

  static Combination of(Query query, Pushdown.Possible pushdown) {
    return new SortedRows(query, pushdown).combination();
  }

  private Combination combination() {
    for (Phrase part : query.tail().orderBy()) {
      SortKey key = SortKey.of(part);
      int column = column(key.expression());
      // by its number: a constant in its place would be taken for one
      separate(shardOrder).add(String.valueOf(column + 1)).add(key.suffix());
      separate(finishOrder).add(COLUMN + (column + 1)).add(key.suffix());
    }
    Template distinct = distinct();
    Template finish = new Template().add("SELECT ").add(distinct);
    for (int i = 0; i < outputs.size(); i++) {
      String label = outputs.get(i).label();
      finish.add((i == 0 ? "" : ", ") + COLUMN + (i + 1));
      finish.add(label.isEmpty() ? "" : " AS " + Identifiers.quote(label));
    }
    finish.add(" FROM " + Gather.Combine.PARTIAL);
    if (!finishOrder.isEmpty()) {
      finish.add(" ORDER BY ").add(finishOrder);
    }
    finish.add(limits(query.tail()));
    Template shard = selection();
    Template shape = new Template().add(shard).add(grouping());
    clause(shape, " WINDOW ", block.window());
    clause(shard, " WHERE ", block.where());
    shard.add(grouping());
    clause(shard, " HAVING ", block.having());
    clause(shard, " WINDOW ", block.window());
    if (block.distinct().isEmpty()) {
      cut(shard);
    }
    clause(shard, " ", query.tail().locking());
    // a group by a primary key may show columns that only its own table depends on
    return new Combination(shard, shape, finish, block.groupBy().isEmpty());
  }

  private static Template separate(Template list) {
    return list.isEmpty() ? list : list.add(", ");
  }

  /** Index of the column that holds an expression's value, added when there is none. */
  private int column(Phrase expression) {
    OptionalInt named = list.named(expression, outputs);
    if (named.isPresent()) {
      if (named.getAsInt() < 0 || named.getAsInt() >= outputs.size()) {
        throw new NotPushable("ORDER BY has no such column");
      }
      return named.getAsInt();
    }
    OptionalInt written = output(expression);
    if (written.isPresent()) {
      return written.getAsInt();
    }
    if (block.distinct().size() == 1) {
      throw new NotPushable("DISTINCT rows are sorted by something else");
    }
    columns.add(new Template().copy(expression));
    return columns.size() - 1;
  }

  /** Index of the output column that is this expression. */
  private OptionalInt output(Phrase expression) {
    return IntStream.range(0, outputs.size())
        .filter(
            i -> outputs.get(i).phrase().filter(p -> Expressions.equal(p, expression)).isPresent())
        .findFirst();
  }

  private Template distinct() {
    if (block.distinct().size() <= 1) {
      return new Template().add(block.distinct().isEmpty() ? "" : "DISTINCT ");
    }
    Template on = new Template();
    for (Phrase part : block.distinct().sub(3, block.distinct().size() - 1).split(",")) {
      separate(on).add(COLUMN + (column(part) + 1));
    }
    return new Template().add("DISTINCT ON (").add(on).add(") ");
  }

  private Template selection() {
    Template text = new Template().add("SELECT ");
    text.add(block.distinct().size() == 1 ? "DISTINCT " : "");
    for (int i = 0; i < columns.size(); i++) {
      text.add(i == 0 ? "" : ", ").add(columns.get(i)).add(" AS " + COLUMN + (i + 1));
    }
    return text.add(" FROM ").copy(block.fromText());
  }

  private Template grouping() {
    Template text = new Template();
    List<Phrase> groups = list.groups();
    for (int i = 0; i < groups.size(); i++) {
      text.add(i == 0 ? " GROUP BY " : ", ");
      OptionalInt output = output(groups.get(i));
      if (output.isPresent()) {
        text.add(String.valueOf(output.getAsInt() + 1));
      } else {
        text.copy(groups.get(i));
      }
    }
    return text;
  }

  static void clause(Template text, String words, Phrase phrase) {
    if (!phrase.isEmpty()) {
      text.add(words).copy(phrase);
    }
  }

  /** What follows ORDER BY, as written, without locks: partial results cannot be locked. */
  static Template limits(Query.Tail tail) {
    Phrase all = tail.text();
    Phrase locking = tail.locking();
    int from = tail.orderBy().isEmpty() ? all.from() : tail.orderBy().getLast().to();
    Template limits = new Template();
    if (locking.isEmpty()) {
      clause(limits, " ", new Phrase(all.sql(), all.tokens(), from, all.to()));
    } else {
      clause(limits, " ", new Phrase(all.sql(), all.tokens(), from, locking.from()));
      clause(limits, " ", new Phrase(all.sql(), all.tokens(), locking.to(), all.to()));
    }
    return limits;
  }

  /** Each shard needs to give no more rows than the last query may take. */
  private void cut(Template shard) {
    Query.Tail tail = query.tail();
    boolean countable =
        tail.limited()
            && !tail.withTies()
            && isCount(tail.limit())
            && (tail.offset().isEmpty() || isCount(tail.offset()));
    if (!countable) {
      return;
    }
    if (!shardOrder.isEmpty()) {
      shard.add(" ORDER BY ").add(shardOrder);
    }
    shard.add(" LIMIT ");
    if (tail.offset().isEmpty()) {
      shard.copy(tail.limit());
    } else if (isSmall(tail.limit()) && isSmall(tail.offset())) {
      shard.copy(tail.limit()).add(" + ").copy(tail.offset());
    } else {
      // no overflow, and no complaint about a number below zero, which is the last query's to make
      shard
          .add("least(pg_catalog.abs(")
          .copy(tail.limit())
          .add("::int8::numeric + ")
          .copy(tail.offset())
          .add("::int8), 9223372036854775807)::int8");
    }
  }

  private static boolean isSmall(Phrase count) {
    return count.first().kind() == Token.Kind.INTEGER && count.first().value().length() < 10;
  }

  private static boolean isCount(Phrase count) {
    return count.size() == 1
        && (count.first().kind() == Token.Kind.INTEGER
            || count.first().kind() == Token.Kind.PARAMETER);
  }
}
