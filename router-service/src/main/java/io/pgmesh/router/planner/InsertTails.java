package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Constraint;
import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Plan.InsertTail;
import io.pgmesh.contracts.plan.Plan.Returned;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.router.sql.InsertStatement;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SqlWriter;
import java.util.List;

/** What surrounds the rows of an INSERT, checked and made right for any shard. */
final class InsertTails {
  private final InsertStatement insert;
  private final Distributed table;

  InsertTails(InsertStatement insert, Distributed table, PlanContext context) {
    this.insert = insert;
    this.table = table;
    if (!Shippable.allows(insert.conflict(), context)
        || !Shippable.allows(insert.returning(), context)) {
      throw Unsupported.because(
          "a subquery, a user's function or a sequence in ON CONFLICT or RETURNING of a"
              + " distributed table",
          "Use constants and built-in functions there.");
    }
    checkKeyIsKept();
  }

  /** The name under which ON CONFLICT and RETURNING call the table. */
  String alias() {
    return insert.alias().isEmpty() ? Identifiers.quote(table.name()) : insert.alias().text();
  }

  /** For rows that are evaluated: an identity column of the table is a plain one on shards. */
  InsertTail forAnyShard() {
    if (insert.conflict().isEmpty() && insert.returning().isEmpty()) {
      return InsertTail.NONE;
    }
    String alias = insert.alias().isEmpty() ? table.name() : insert.alias().first().value();
    return new InsertTail(alias, "", conflict().text(), insert.returning().text(), returned());
  }

  /** An UPDATE of conflicting rows must stay one statement, which refuses to do one twice. */
  Returned returned() {
    Phrase conflict = insert.conflict();
    if (insert.returning().isEmpty()) {
      return Returned.UNORDERED;
    }
    int set = conflict.find(0, "do", "update");
    if (set >= 0) {
      return conflict.find(set, "where") < 0 ? Returned.EVERY : Returned.UNORDERED;
    }
    return conflict.isEmpty() ? Returned.EVERY : Returned.SOME;
  }

  void copyTo(SqlWriter writer) {
    if (!insert.conflict().isEmpty()) {
      writer.add(" ").append(conflict());
    }
    if (!insert.returning().isEmpty()) {
      writer.add(" ").copy(insert.returning());
    }
  }

  private SqlText conflict() {
    Phrase conflict = insert.conflict();
    var text = new SqlWriter.Replacing(conflict.sql());
    if (conflict.has(2, "on", "constraint")) {
      text.replace(conflict.sub(2, 5), inference());
    }
    TimeDefaults.replaceIn(assignments(), table, text);
    return text.build(conflict.start(), conflict.end());
  }

  /** The columns of the constraint: its name differs from shard to shard. */
  private String inference() {
    String name = insert.conflict().at(4).value();
    Constraint constraint =
        table.constraints().stream()
            .filter(candidate -> candidate.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new SqlError(
                        SqlState.UNDEFINED_OBJECT,
                        "constraint \"%s\" for table \"%s\" does not exist"
                            .formatted(name, table.name())));
    if (constraint.kind() == 'x') {
      throw Unsupported.feature("ON CONFLICT with an exclusion constraint of a distributed table");
    }
    return "(" + Identifiers.list(constraint.columns()) + ")";
  }

  private void checkKeyIsKept() {
    if (!Shards.isSingle(table)) {
      assignments().checkKeyIsKept(table);
    }
  }

  private Assignments assignments() {
    Phrase conflict = insert.conflict();
    int set = conflict.find(0, "set");
    if (set < 0) {
      return new Assignments(List.of());
    }
    int where = conflict.find(set, "where");
    return Assignments.of(conflict.sub(set + 1, where < 0 ? conflict.size() : where));
  }
}
