package io.pgmesh.router.sql;

import java.util.ArrayList;
import java.util.List;

/** Every name of a table or common table in a query, at any depth; some more than once. */
final class TableNames {
  private TableNames() {}

  static List<Phrase> of(Query query) {
    List<Phrase> names = new ArrayList<>();
    collect(query, names);
    return names;
  }

  private static void collect(Query query, List<Phrase> names) {
    query.with().forEach(common -> collect(common.query(), names));
    collect(query.body(), names);
    inside(query.tail().text(), names);
  }

  private static void inside(Phrase expression, List<Phrase> names) {
    QueryReader.subqueries(expression).forEach(query -> collect(query, names));
  }

  private static void collect(Query.Body body, List<Phrase> names) {
    switch (body) {
      case Query.Block block -> {
        block.from().forEach(source -> collect(source, names));
        block.items().forEach(item -> inside(item.expression(), names));
        block.groupBy().forEach(part -> inside(part, names));
        List.of(block.distinct(), block.where(), block.having(), block.window())
            .forEach(part -> inside(part, names));
      }
      case Query.Operation operation -> operation.operands().forEach(o -> collect(o, names));
      case Query.Nested nested -> collect(nested.query(), names);
      case Query.Values(var rows) -> inside(rows, names);
    }
  }

  private static void collect(Query.Source source, List<Phrase> names) {
    switch (source) {
      case Query.Table table -> {
        names.add(table.name());
        inside(table.sample(), names);
      }
      case Query.Derived derived -> collect(derived.query(), names);
      case Query.Function function -> inside(function.text(), names);
      case Query.Join join -> {
        collect(join.left(), names);
        collect(join.right(), names);
        inside(join.on(), names);
      }
    }
  }
}
