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
    QueryReader.subqueries(query.tail().text()).forEach(inner -> collect(inner, names));
  }

  private static void collect(Query.Body body, List<Phrase> names) {
    switch (body) {
      case Query.Block block -> {
        block.from().forEach(source -> collect(source, names));
        QueryReader.subqueries(block.text().skip(1)).forEach(query -> collect(query, names));
      }
      case Query.Operation operation -> operation.operands().forEach(o -> collect(o, names));
      case Query.Nested nested -> collect(nested.query(), names);
      case Query.Values(var rows) -> QueryReader.subqueries(rows).forEach(q -> collect(q, names));
    }
  }

  private static void collect(Query.Source source, List<Phrase> names) {
    switch (source) {
      case Query.Table table -> names.add(table.name());
      case Query.Derived derived -> {} // among the block's subqueries
      case Query.Function function -> {}
      case Query.Join join -> {
        collect(join.left(), names);
        collect(join.right(), names);
      }
    }
  }
}
