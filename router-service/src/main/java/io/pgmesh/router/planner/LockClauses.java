package io.pgmesh.router.planner;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.RowLocks;
import io.pgmesh.router.sql.Phrase;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The {@code FOR UPDATE} clauses of a query and of those inside it. */
final class LockClauses {
  private static final List<String[]> STRENGTHS =
      List.of(
          new String[] {"for", "update"},
          new String[] {"for", "no", "key", "update"},
          new String[] {"for", "share"},
          new String[] {"for", "key", "share"});

  private LockClauses() {}

  /**
   * @throws SqlError 0A000 where clauses differ about locks of others: a scan does not tell which
   *     of them it is for
   */
  static RowLocks of(Phrase query, PlanContext context) {
    Set<RowLocks> found = EnumSet.noneOf(RowLocks.class);
    for (int i = query.contains("for") ? 0 : query.size(); i < query.size(); i++) {
      int at = i;
      STRENGTHS.stream()
          .filter(strength -> query.has(at, strength))
          .forEach(strength -> found.add(behind(query, at + strength.length)));
    }
    if (found.size() < 2) {
      return found.isEmpty() ? RowLocks.NONE : found.iterator().next();
    }
    if (context.namesDistributed(query)) {
      throw Unsupported.feature(
          "row locks of which some wait and others do not, in a query that runs in the"
              + " coordinator database");
    }
    return RowLocks.WAIT;
  }

  private static RowLocks behind(Phrase query, int from) {
    int at = from;
    if (query.has(at, "of")) {
      do {
        at++;
        at += query.nameLength(at);
      } while (query.hasSymbol(at, ","));
    }
    if (query.has(at, "nowait")) {
      return RowLocks.NOWAIT;
    }
    return query.has(at, "skip", "locked") ? RowLocks.SKIP_LOCKED : RowLocks.WAIT;
  }
}
