package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.RowLocks;
import io.pgmesh.router.sql.Phrase;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What the coordinator database cannot know of a row that it reads through a shell: the row is in a
 * shard, and so in a relation with another oid, at a place that rows of other shards have too.
 */
final class ShellsCannotTell {
  private ShellsCannotTell() {}

  private static final Set<String> WORDS =
      Set.of("ctid", "tableoid", "tablesample", "nowait", "locked", "only");

  /** Whether a text may lock rows without waiting for them. */
  static boolean mayPassBy(String sql) {
    String folded = sql.toLowerCase(Locale.ROOT);
    return folded.contains("nowait") || folded.contains("locked");
  }

  /** Whether a text has words that are worth a look at its tables. */
  static boolean mayAsk(String sql) {
    String folded = sql.toLowerCase(Locale.ROOT);
    return WORDS.stream().anyMatch(folded::contains);
  }

  /**
   * @param query runs in the coordinator database with the text that {@link ShellText} gives it
   * @throws SqlError 0A000
   */
  static void checkQuery(Phrase query, PlanContext context) {
    if (asksForCtid(query) && reads(query, context, table -> !Shards.isSingle(table))) {
      throw ctid();
    }
  }

  private static boolean asksForCtid(Phrase query) {
    for (int i = query.contains("ctid") ? 0 : query.size(); i < query.size(); i++) {
      if (query.has(i, "ctid") && !WaitMark.isAt(query, i)) {
        return true;
      }
    }
    return false;
  }

  /**
   * @param query is kept by the coordinator database and reads its rows later
   * @throws SqlError 0A000
   */
  static void checkKept(Phrase query, PlanContext context) {
    if (WaitMarks.unmarked(query, context).passesBy()) {
      throw Unsupported.because(
          "NOWAIT or SKIP LOCKED over views of distributed tables or in such a form of query, in a"
              + " cursor, view or function",
          "Lock rows of the tables, or run the query as a statement of its own.");
    }
  }

  /**
   * @param statement is kept by the coordinator database as it is
   * @throws SqlError 0A000
   */
  static void checkUnread(Phrase statement, PlanContext context) {
    if (LockClauses.everywhere(statement).stream().anyMatch(RowLocks::passesBy)
        && reads(statement, context, table -> true)) {
      throw Unsupported.feature(
          "NOWAIT or SKIP LOCKED over a distributed table in this kind of statement");
    }
  }

  /**
   * @param statement runs in the coordinator database as it is, or as {@link ShellText#ofStatement}
   *     gives it
   * @throws SqlError 0A000
   */
  static void check(Phrase statement, PlanContext context) {
    checkQuery(statement, context);
    for (String word : List.of("tableoid", "tablesample")) {
      if (statement.contains(word) && reads(statement, context, table -> true)) {
        throw Unsupported.feature(word + " of a distributed table in this kind of statement");
      }
    }
  }

  /**
   * @param change of a table that is here
   * @param inside its queries, which {@link ShellText#ofChange} makes right
   * @throws SqlError 0A000
   */
  static void checkChange(Phrase change, BodyQueries inside, PlanContext context) {
    checkQuery(change, context);
    boolean asks = change.contains("tableoid") || change.contains("tablesample");
    if (!asks || !context.namesDistributed(change)) {
      return;
    }
    for (Phrase beside : inside.beside()) {
      check(beside, context);
      if (beside.contains("tableoid") && beside.contains("order")) { // of a query in parentheses
        throw Unsupported.feature(
            "ORDER BY tableoid of a distributed table in this kind of statement");
      }
    }
    if (inside.hide(name -> context.distributed(name).isPresent())) {
      throw Unsupported.feature(
          "WITH by the name of a distributed table in this kind of statement");
    }
  }

  private static boolean reads(Phrase query, PlanContext context, Predicate<Distributed> which) {
    return query.names().stream()
        .flatMap(name -> context.distributed(name).stream())
        .anyMatch(which);
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
        "changing rows of a distributed table that the coordinator database has to find",
        "Restrict the statement to one value of the distribution column, or find the rows' keys by"
            + " a statement of its own.");
  }
}
