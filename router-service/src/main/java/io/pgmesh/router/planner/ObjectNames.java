package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Constraint;
import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.ShardNames;
import io.pgmesh.router.sql.Phrase;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Names for the indexes and constraints of a table that a statement leaves unnamed, as PostgreSQL
 * would choose them. They are put into the coordinator database's text too, so that it and the
 * shards agree whatever else has such a name there.
 */
final class ObjectNames {
  private final MeshTable table;
  private final Set<String> taken = new LinkedHashSet<>();

  ObjectNames(MeshTable table) {
    this.table = table;
    taken.addAll(table.indexes());
    table.constraints().stream().map(Constraint::name).forEach(taken::add);
  }

  String primaryKey() {
    return choose("", "pkey");
  }

  String unique(List<String> columns) {
    return choose(String.join("_", columns), "key");
  }

  String exclusion(List<String> columns) {
    return choose(String.join("_", columns), "excl");
  }

  String foreignKey(List<String> columns) {
    return choose(String.join("_", columns), "fkey");
  }

  String index(List<String> columns) {
    return choose(String.join("_", columns), "idx");
  }

  /** A check's name holds the column's when it speaks of one column only. */
  String check(Phrase expression) {
    Set<String> columns = new LinkedHashSet<>();
    for (int i = 0; i < expression.size(); i++) {
      String word = expression.at(i).value();
      if (expression.at(i).isIdentifier()
          && table.columns().stream().anyMatch(column -> column.name().equals(word))) {
        columns.add(word);
      }
    }
    return choose(columns.size() == 1 ? columns.iterator().next() : "", "check");
  }

  String columnCheck(String column) {
    return choose(column, "check");
  }

  private String choose(String addition, String label) {
    String name = make(table.name(), addition, label);
    for (int pass = 1; !taken.add(name); pass++) {
      name = make(table.name(), addition, label + pass);
    }
    return name;
  }

  /** {@code table_columns_label}; of the first two the longer one is cut until all fits. */
  static String make(String table, String addition, String label) {
    int available = ShardNames.MAX_BYTES - 1 - label.length() - (addition.isEmpty() ? 0 : 1);
    int first = ShardNames.bytes(table);
    int second = ShardNames.bytes(addition);
    while (first + second > available) {
      if (first > second) {
        first--;
      } else {
        second--;
      }
    }
    String middle = addition.isEmpty() ? "" : "_" + ShardNames.cut(addition, second);
    return ShardNames.cut(table, first) + middle + "_" + label;
  }

  /** What an index's or key's name says of each of its parts. */
  static List<String> parts(Phrase list) {
    return list.split(",").stream().map(ObjectNames::part).toList();
  }

  private static String part(Phrase element) {
    if (element.isEmpty()) {
      return "expr";
    }
    if (element.first().isIdentifier()) {
      return element.first().value();
    }
    Phrase inner =
        element.hasSymbol(0, "(") ? element.sub(1, element.behindBrackets(0) - 1) : element;
    boolean call = inner.size() > 1 && inner.first().isIdentifier() && inner.hasSymbol(1, "(");
    boolean column = inner.size() == 1 && inner.first().isIdentifier();
    return call || column ? inner.first().value() : "expr";
  }
}
