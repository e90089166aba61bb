package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Constraint;
import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.catalog.MeshTable.Reference;
import io.pgmesh.router.sql.Phrase;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The actions of ALTER TABLE: which of them workers carry out, and where their texts differ. */
final class AlterTableActions {
  private static final Set<String> TABLE_CONSTRAINTS =
      Set.of("constraint", "check", "unique", "primary", "foreign", "exclude", "not");

  private final MeshTable table;
  private final DdlText text;
  private final ConstraintTexts constraints;
  private final ConversionTexts conversions;
  private final PlanContext context;

  AlterTableActions(MeshTable table, DdlText text, PlanContext context) {
    this.context = context;
    this.table = table;
    this.text = text;
    this.constraints = new ConstraintTexts(table, text, context);
    this.conversions = new ConversionTexts(table, text);
  }

  /** Whether workers carry out the action too; refuses what the mesh cannot do. */
  boolean goesToWorkers(Phrase action) {
    if (action.isEmpty()) {
      throw refused(action);
    }
    return switch (action.first().value()) {
      case "add" -> add(action);
      case "drop" -> drop(action);
      case "alter" -> alter(action);
      case "rename" -> rename(action);
      case "validate" -> validate(action);
      case "set" -> set(action);
      case "reset", "owner" -> true;
      case "replica" -> replicaIdentity(action);
      case "enable", "disable" -> triggers(action);
      default -> throw refused(action);
    };
  }

  private boolean add(Phrase action) {
    String next = action.size() > 1 ? action.at(1).value() : "";
    boolean quoted = action.size() > 1 && !action.has(1, next);
    if (!quoted && TABLE_CONSTRAINTS.contains(next)) {
      constraints.tableConstraint(action.skip(1));
      return true;
    }
    int name = action.has(1, "column") ? 2 : 1;
    name += action.has(name, "if", "not", "exists") ? 3 : 0;
    RowTypes.check(action, context);
    constraints.newColumn(action.skip(name));
    return true;
  }

  private boolean drop(Phrase action) {
    if (action.has(1, "constraint")) {
      int name = action.has(2, "if", "exists") ? 4 : 2;
      return droppedConstraint(action.sub(name, name + 1));
    }
    int name = action.has(1, "column") ? 2 : 1;
    name += action.has(name, "if", "exists") ? 2 : 0;
    refuseKey(action.sub(name, name + 1));
    return true;
  }

  private boolean droppedConstraint(Phrase name) {
    if (kind(name) == 'n') {
      throw Unsupported.because(
          "DROP CONSTRAINT of a NOT NULL constraint of a distributed or reference table",
          "Use ALTER COLUMN … DROP NOT NULL.");
    }
    text.objectName(name);
    return true;
  }

  private boolean alter(Phrase action) {
    if (action.has(1, "constraint")) {
      text.objectName(action.sub(2, 3));
      return true;
    }
    int at = action.has(1, "column") ? 2 : 1;
    Phrase name = action.sub(at, at + 1);
    Phrase change = action.skip(at + 1);
    if (change.starts("type") || change.starts("set", "data", "type")) {
      refuseKey(name);
      RowTypes.check(action, context);
      conversions.using(conversion(change));
      return true;
    }
    if (change.starts("set", "default")) {
      return constraints.defaultGoesToWorkers(change.skip(2));
    }
    boolean identity =
        change.starts("add", "generated")
            || change.starts("drop", "identity")
            || change.starts("restart")
            || change.starts("set", "generated")
            || change.starts("set", "sequence")
            || change.has(0, "set") && isSequenceOption(change);
    return !identity;
  }

  /** Whether an action computes a column's values anew, which no foreign table can have done. */
  static boolean converts(Phrase action) {
    int at = action.has(1, "column") ? 3 : 2;
    Phrase change = action.skip(Math.min(at, action.size()));
    boolean type = change.starts("type") || change.starts("set", "data", "type");
    return action.starts("alter") && type && !conversion(change).isEmpty();
  }

  /** The expression behind USING. */
  private static Phrase conversion(Phrase change) {
    int using = change.find(0, "using");
    return change.skip(using < 0 ? change.size() : using + 1);
  }

  private static boolean isSequenceOption(Phrase change) {
    return change.has(1, "increment")
        || change.has(1, "start")
        || change.has(1, "cache")
        || change.has(1, "minvalue")
        || change.has(1, "maxvalue")
        || change.has(1, "no")
        || change.has(1, "cycle");
  }

  private boolean rename(Phrase action) {
    if (action.has(1, "to")) {
      if (table instanceof Distributed) {
        text.objectName(action.sub(2, 3));
      }
      return true;
    }
    if (action.has(1, "constraint")) {
      if (kind(action.sub(2, 3)) == 'n') {
        return false; // the shards' have names of their own
      }
      text.objectName(action.sub(2, 3));
      text.objectName(action.sub(4, 5));
    }
    return true;
  }

  private boolean validate(Phrase action) {
    text.objectName(action.sub(2, 3));
    return true;
  }

  private boolean set(Phrase action) {
    if (action.has(1, "schema") || action.hasSymbol(1, "(")) {
      return true;
    }
    throw refused(action);
  }

  private boolean replicaIdentity(Phrase action) {
    if (action.has(2, "using", "index")) {
      text.objectName(action.sub(4, 5));
    }
    return true;
  }

  private boolean triggers(Phrase action) {
    boolean all = action.has(2, "all") || action.has(2, "user");
    if (action.has(1, "trigger") && all && table instanceof Distributed) {
      throw refused(action); // the shell's own triggers must stay on
    }
    if (action.has(1, "trigger") && table instanceof Reference) {
      return false;
    }
    throw refused(action);
  }

  private char kind(Phrase name) {
    return table.constraints().stream()
        .filter(constraint -> constraint.name().equals(name.first().value()))
        .map(Constraint::kind)
        .findFirst()
        .orElse(' ');
  }

  private void refuseKey(Phrase column) {
    if (table instanceof Distributed distributed
        && !Shards.isSingle(distributed)
        && List.of(distributed.distributionColumn()).equals(column.identifiers())) {
      throw Unsupported.message("cannot execute ALTER TABLE command involving partition column");
    }
  }

  private RuntimeException refused(Phrase action) {
    String words =
        action.isEmpty()
            ? "an empty action"
            : action.sub(0, Math.min(3, action.size())).text().toUpperCase(Locale.ROOT);
    String kind = table instanceof Distributed ? "distributed" : "reference";
    return Unsupported.feature("ALTER TABLE … " + words + " of a " + kind + " table");
  }
}
