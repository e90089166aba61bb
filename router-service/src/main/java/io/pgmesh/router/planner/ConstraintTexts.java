package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.catalog.MeshTable.Reference;
import io.pgmesh.router.sql.Phrase;
import java.util.List;
import java.util.Set;

/** Constraints that ALTER TABLE adds: names for the unnamed, shards for the tables they name. */
final class ConstraintTexts {
  private static final Set<String> SERIAL_TYPES =
      Set.of("serial", "bigserial", "smallserial", "serial2", "serial4", "serial8");
  private static final Set<String> CLOCKS =
      Set.of(
          "current_timestamp",
          "current_date",
          "current_time",
          "localtime",
          "localtimestamp",
          "current_user",
          "session_user",
          "user",
          "current_role");

  private final MeshTable table;
  private final DdlText text;
  private final PlanContext context;
  private final ObjectNames names;

  ConstraintTexts(MeshTable table, DdlText text, PlanContext context) {
    this.table = table;
    this.text = text;
    this.context = context;
    this.names = new ObjectNames(table);
  }

  /**
   * A constraint of the table.
   *
   * @param constraint from CONSTRAINT or its kind on
   */
  void tableConstraint(Phrase constraint) {
    Phrase definition = constraint;
    if (constraint.starts("constraint")) {
      text.objectName(constraint.sub(1, 2));
      definition = constraint.skip(2);
    } else if (!constraint.starts("not")) {
      nameTableConstraint(constraint);
    }
    int using = definition.find(0, "using", "index");
    if (using >= 0 && !definition.has(using + 2, "tablespace")) {
      text.objectName(definition.sub(using + 2, using + 3));
    }
    references(definition);
  }

  private void nameTableConstraint(Phrase definition) {
    if (definition.find(0, "using", "index") >= 0
        && !definition.has(definition.find(0, "using", "index") + 2, "tablespace")) {
      return; // it takes the index's name
    }
    String name =
        switch (definition.first().value()) {
          case "check" -> names.check(definition.skip(1));
          case "primary" -> names.primaryKey();
          case "unique" -> names.unique(listed(definition));
          case "foreign" -> names.foreignKey(listed(definition));
          default -> names.exclusion(excluded(definition));
        };
    text.newName(definition.start(), "CONSTRAINT ", name);
  }

  /** Parts of the first parenthesized list. */
  private static List<String> listed(Phrase definition) {
    int open = 0;
    while (open < definition.size() && !definition.hasSymbol(open, "(")) {
      open++;
    }
    return ObjectNames.parts(definition.sub(open + 1, definition.behindBrackets(open) - 1));
  }

  private static List<String> excluded(Phrase definition) {
    return listed(definition);
  }

  private void references(Phrase definition) {
    int at = definition.find(0, "references");
    if (at < 0) {
      return;
    }
    Phrase name = definition.sub(at + 1, at + 1 + definition.nameLength(at + 1));
    MeshTable other = context.meshTable(name).orElse(null);
    if (other == null) {
      return; // the coordinator database refuses it
    }
    boolean apart =
        other instanceof Distributed to
            && !(table instanceof Distributed from && from.colocationId() == to.colocationId());
    if (apart) {
      throw Unsupported.message(
          table instanceof Reference
              ? "cannot create foreign key constraint since foreign keys from reference tables and"
                  + " local tables to distributed tables are not supported"
              : "cannot create foreign key constraint since relations are not colocated or not"
                  + " referencing a reference table");
    }
    text.table(name, other);
  }

  /**
   * A column with its constraints.
   *
   * @param column from its name on
   */
  void newColumn(Phrase column) {
    String name = column.first().value();
    refuseSequences(column);
    boolean named = false;
    for (int i = 1; i < column.size(); i++) {
      if (column.hasSymbol(i, "(") || column.hasSymbol(i, "[")) {
        i = column.behindBrackets(i) - 1;
      } else if (column.has(i, "constraint")) {
        text.objectName(column.sub(i + 1, i + 2));
        named = true;
        i++;
      } else if (isConstraint(column, i)) {
        if (!named) {
          text.newName(
              column.at(i).start(), "CONSTRAINT ", columnConstraint(column.at(i).value(), name));
        }
        named = false;
      } else if (column.has(i, "not") || column.has(i, "null") || column.has(i, "default")) {
        named = false;
      }
    }
    references(column);
  }

  private static boolean isConstraint(Phrase column, int index) {
    return column.has(index, "check")
        || column.has(index, "unique")
        || column.has(index, "primary")
        || column.has(index, "references");
  }

  private String columnConstraint(String kind, String column) {
    return switch (kind) {
      case "check" -> names.columnCheck(column);
      case "unique" -> names.unique(List.of(column));
      case "primary" -> names.primaryKey();
      default -> names.foreignKey(List.of(column));
    };
  }

  private void refuseSequences(Phrase column) {
    boolean serial = column.size() > 1 && SERIAL_TYPES.contains(column.at(1).value());
    boolean identity = false;
    for (int i = 1; i < column.size(); i++) {
      identity |= column.has(i, "as", "identity");
    }
    Phrase byDefault = defaultOf(column);
    boolean sequence = Shippable.needsCoordinator(byDefault);
    if (serial || identity || sequence) {
      throw Unsupported.because(
          "adding a column with values from a sequence to a distributed or reference table",
          "Add the column without a default, fill it, then ALTER COLUMN … SET DEFAULT"
              + " nextval(…).");
    }
    if (table instanceof Reference && variesByServer(byDefault)) {
      throw Unsupported.because(
          "adding a column with a computed default to a reference table",
          "Add the column, fill it with UPDATE, then ALTER COLUMN … SET DEFAULT.");
    }
  }

  /** The expression behind DEFAULT, up to the next constraint. */
  private static Phrase defaultOf(Phrase column) {
    int start = column.find(1, "default");
    if (start < 0) {
      return column.sub(0, 0);
    }
    int end = column.size();
    for (String word : List.of("constraint", "check", "unique", "primary", "references", "not")) {
      int next = column.find(start, word);
      end = next < 0 ? end : Math.min(end, next);
    }
    return column.sub(start + 1, end);
  }

  private static boolean variesByServer(Phrase expression) {
    if (Shippable.hasCall(expression)) {
      return true;
    }
    return CLOCKS.stream().anyMatch(expression::contains);
  }

  /** Whether shards and replicas get the default: values from sequences are the coordinator's. */
  boolean defaultGoesToWorkers(Phrase expression) {
    return !Shippable.needsCoordinator(expression) && !context.inspection().userFunctions();
  }
}
