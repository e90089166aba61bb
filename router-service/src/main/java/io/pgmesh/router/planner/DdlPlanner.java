package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Effects;
import io.pgmesh.contracts.plan.Plan.Use;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.sql.Phrase;
import java.util.Set;

/**
 * Statements that make, change and drop objects, and other utility statements. What concerns a mesh
 * table goes to its shards too, what shards may depend on (schemas, types, roles, …) to all
 * servers, and the rest to the coordinator database alone.
 */
final class DdlPlanner {
  private static final Set<String> OWN_TRANSACTION =
      Set.of("database", "tablespace", "subscription", "system");

  private final Phrase statement;
  private final PlanContext context;

  private DdlPlanner(Phrase statement, PlanContext context) {
    this.statement = statement;
    this.context = context;
  }

  static PlannedStatement plan(Phrase statement, PlanContext context) {
    if (context.session().loopback() && !statement.starts("truncate")) {
      throw Unsupported.feature("this statement through the loopback");
    }
    Plan plan = new DdlPlanner(statement, context).plan();
    return PlannedStatement.of(plan);
  }

  private Plan plan() {
    return switch (statement.first().value()) {
      case "create" -> create();
      case "alter" -> alter();
      case "drop" -> drop();
      case "truncate" -> TruncatePlanner.plan(statement, context);
      case "grant", "revoke" -> GrantPlanner.plan(statement, context);
      case "vacuum", "analyze", "analyse" -> MaintenancePlanner.plan(statement, context);
      case "reindex", "cluster" -> MaintenancePlanner.planLocal(statement, context);
      case "lock" -> MaintenancePlanner.planLock(statement, context);
      case "reassign" -> new GlobalObjects(statement, context).plan("role");
      case "import", "refresh" -> coordinator(Use.BLOCK, Effects.SCHEMA);
      default -> coordinator(Use.BLOCK, Effects.NONE); // COMMENT, SECURITY LABEL
    };
  }

  private Plan coordinator(Use use, Effects effects) {
    return new Plan.Coordinator(SqlText.unchanged(statement.sql()), use, effects, "");
  }

  private Plan create() {
    int at = statement.has(1, "or", "replace") ? 3 : 1;
    Phrase query = KeptQuery.of(statement);
    check(at, query);
    if (isTemporary(at)) {
      return reading(Effects.SESSION);
    }
    if (statement.has(at, "index") || statement.has(at, "unique", "index")) {
      return IndexPlanner.create(statement, context);
    }
    String kind = kind(at);
    if (OWN_TRANSACTION.contains(kind)) {
      return coordinator(Use.NO_BLOCK, Effects.SCHEMA);
    }
    if (GlobalObjects.KINDS.contains(kind) && !statement.has(at, "user", "mapping")) {
      return new GlobalObjects(statement, context).plan(kind);
    }
    switch (kind) {
      case "table" -> refuseShardedRelatives();
      case "trigger", "constraint", "rule", "policy" -> refuseOnDistributed(kind);
      default -> {}
    }
    return kind.equals("publication")
        ? coordinator(Use.BLOCK, Effects.SCHEMA)
        : reading(Effects.SCHEMA);
  }

  /** A table takes the rows of its query at once, a view later. */
  private void check(int at, Phrase query) {
    if (BodyText.isFunction(statement)) {
      ShellsCannotTell.checkQuery(statement, context); // the rest when its body is read
    } else if (query.isEmpty()) {
      ShellsCannotTell.check(statement, context);
      ShellsCannotTell.checkUnread(statement, context);
    } else if (statement.find(at, "view") < statement.find(at, "as")
        && statement.find(at, "view") >= 0) {
      ShellsCannotTell.checkKept(query, context);
    }
  }

  /** A table or view, which may be made of a query. */
  private Plan reading(Effects effects) {
    Phrase query = KeptQuery.of(statement);
    SqlText text =
        query.isEmpty()
            ? ShellText.ofStatement(statement, context)
            : ShellText.around(query, context);
    return new Plan.Coordinator(text, Use.BLOCK, effects, "", WaitMarks.unmarked(query, context));
  }

  private boolean isTemporary(int at) {
    int next = statement.has(at, "local") || statement.has(at, "global") ? at + 1 : at;
    return statement.has(next, "temp") || statement.has(next, "temporary");
  }

  /** The word that says what kind of object it is. */
  private String kind(int at) {
    int next = statement.has(at, "unlogged") ? at + 1 : at;
    return next < statement.size() ? statement.at(next).value() : "";
  }

  /** A local table cannot be a partition, child or referencing table of a sharded one. */
  private void refuseShardedRelatives() {
    for (int i = 0; i < statement.size(); i++) {
      boolean partition = statement.has(i, "partition", "of");
      boolean inherits = statement.has(i, "inherits") && statement.hasSymbol(i + 1, "(");
      boolean references = statement.has(i, "references");
      int name = partition || inherits ? i + 2 : i + 1;
      if (!partition && !inherits && !references) {
        continue;
      }
      Phrase other = statement.sub(name, name + statement.nameLength(name));
      if (isDistributed(other)) {
        throw Unsupported.message(
            references
                ? "cannot create foreign key constraint since foreign keys from reference tables"
                    + " and local tables to distributed tables are not supported"
                : "distributed tables cannot have partitions or inheriting tables");
      }
    }
  }

  private boolean isDistributed(Phrase name) {
    return !name.isEmpty() && context.distributed(name).isPresent();
  }

  private void refuseOnDistributed(String kind) {
    int on = statement.find(1, "on");
    if (kind.equals("rule")) {
      on = statement.find(1, "to");
    }
    for (int i = Math.max(on, 0); i >= 0 && i < statement.size() && on >= 0; i++) {
      if (statement.has(i, kind.equals("rule") ? "to" : "on")) {
        Phrase name = statement.sub(i + 1, i + 1 + statement.nameLength(i + 1));
        if (isDistributed(name)) {
          throw Unsupported.feature(
              "a " + (kind.equals("constraint") ? "trigger" : kind) + " on a distributed table");
        }
      }
    }
  }

  private Plan alter() {
    String kind = kind(1);
    return switch (kind) {
      case "table" -> alterTable();
      case "index" -> IndexPlanner.alter(statement, context);
      case "trigger", "rule", "policy" -> coordinator(Use.BLOCK, Effects.SCHEMA);
      case "role", "user", "group" -> alterRole(kind);
      default -> {
        if (OWN_TRANSACTION.contains(kind)) {
          yield coordinator(
              kind.equals("database") && !statement.contains("tablespace")
                  ? Use.BLOCK
                  : Use.NO_BLOCK,
              Effects.SCHEMA);
        }
        yield GlobalObjects.KINDS.contains(kind)
            ? new GlobalObjects(statement, context).plan(kind)
            : coordinator(Use.BLOCK, Effects.SCHEMA);
      }
    };
  }

  private Plan alterRole(String kind) {
    boolean mapping = statement.has(1, "user", "mapping");
    boolean settings =
        statement.find(3, "set") > 0 || statement.find(3, "reset") > 0; // the session carries them
    return mapping || settings
        ? coordinator(Use.BLOCK, Effects.NONE)
        : new GlobalObjects(statement, context).plan(kind);
  }

  private Plan alterTable() {
    int at = statement.has(2, "if", "exists") ? 4 : 2;
    at += statement.has(at, "only") ? 1 : 0;
    if (statement.has(at, "all", "in", "tablespace")) {
      return coordinator(Use.BLOCK, Effects.SCHEMA);
    }
    int length = statement.nameLength(at);
    Phrase name = statement.sub(at, at + length);
    at += length + (statement.hasSymbol(at + length, "*") ? 1 : 0);
    MeshTable table = length == 0 ? null : context.meshTable(name).orElse(null);
    if (table == null) {
      refuseShardedRelatives();
      refusePartition(at);
      return coordinator(Use.BLOCK, Effects.SCHEMA);
    }
    return AlterTablePlanner.plan(statement, table, statement.skip(at), context);
  }

  private void refusePartition(int at) {
    int name = statement.has(at, "attach", "partition") ? at + 2 : -1;
    name = statement.has(at, "inherit") ? at + 1 : name;
    if (name > 0 && isDistributed(statement.sub(name, name + statement.nameLength(name)))) {
      throw Unsupported.feature("a distributed table as partition or child of a local one");
    }
  }

  private Plan drop() {
    String kind = kind(1);
    return switch (kind) {
      case "table" -> DropPlanner.tables(statement, context);
      case "index" -> IndexPlanner.drop(statement, context);
      case "schema" -> DropPlanner.schemas(statement, context);
      case "owned" -> new GlobalObjects(statement, context).plan(kind);
      default -> {
        if (OWN_TRANSACTION.contains(kind)) {
          yield coordinator(Use.NO_BLOCK, Effects.SCHEMA);
        }
        yield GlobalObjects.KINDS.contains(kind) && !statement.has(1, "user", "mapping")
            ? new GlobalObjects(statement, context).plan(kind)
            : coordinator(Use.BLOCK, Effects.SCHEMA);
      }
    };
  }
}
