package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.router.sql.Phrase;

/**
 * What the coordinator database cannot know of a row that it reads through a shell: the row is in a
 * shard, and so in a relation with another oid, at a place that rows of other shards have too.
 */
final class ShellsCannotTell {
  private ShellsCannotTell() {}

  /**
   * @param statement runs in the coordinator database
   * @throws SqlError 0A000
   */
  static void check(Phrase statement, PlanContext context) {
    boolean asks = statement.contains("tableoid") || statement.contains("ctid");
    if (!asks) {
      return;
    }
    for (Phrase name : statement.names()) {
      var table = context.meshTable(name).filter(Distributed.class::isInstance);
      if (table.isPresent() && statement.contains("tableoid")) {
        throw Unsupported.feature("tableoid of a distributed table");
      }
      if (table.isPresent() && !Shards.isSingle((Distributed) table.get())) {
        throw ctid();
      }
    }
  }

  /** For a client that asks for it. */
  static SqlError ctid() {
    return Unsupported.because(
        "ctid of a distributed table",
        "Rows of several shards have the same one: use the primary key instead.");
  }

  /** For a plan of the coordinator database that would have to find a row again. */
  static SqlError whichRow() {
    return Unsupported.because(
        "changing or locking rows of a distributed table that the coordinator database has to find",
        "Restrict the statement to one value of the distribution column, or find the rows' keys by"
            + " a statement of its own.");
  }
}
