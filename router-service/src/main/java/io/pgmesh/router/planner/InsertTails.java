package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Constraint;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Plan.InsertTail;
import io.pgmesh.router.sql.Identifiers;
import io.pgmesh.router.sql.InsertStatement;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SqlWriter;

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
    return new InsertTail(alias, "", conflictText(), insert.returning().text());
  }

  void copyTo(SqlWriter writer) {
    Phrase conflict = insert.conflict();
    if (!conflict.isEmpty()) {
      if (conflict.has(2, "on", "constraint")) {
        writer.add(" ON CONFLICT " + inference()).add(" ").copy(conflict.skip(5));
      } else {
        writer.add(" ").copy(conflict);
      }
    }
    if (!insert.returning().isEmpty()) {
      writer.add(" ").copy(insert.returning());
    }
  }

  private String conflictText() {
    Phrase conflict = insert.conflict();
    return conflict.has(2, "on", "constraint")
        ? "ON CONFLICT " + inference() + " " + conflict.skip(5).text()
        : conflict.text();
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
    Phrase conflict = insert.conflict();
    int set = conflict.find(0, "set");
    if (set < 0 || Shards.isSingle(table)) {
      return;
    }
    int where = conflict.find(set, "where");
    Phrase assignments = conflict.sub(set + 1, where < 0 ? conflict.size() : where);
    Assignments.of(assignments).checkKeyIsKept(table);
  }
}
