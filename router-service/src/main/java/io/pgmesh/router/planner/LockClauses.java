package io.pgmesh.router.planner;

import io.pgmesh.contracts.plan.RowLocks;
import io.pgmesh.router.sql.Phrase;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads {@code FOR UPDATE} clauses. */
final class LockClauses {
  private static final List<String[]> STRENGTHS =
      List.of(
          new String[] {"for", "update"},
          new String[] {"for", "no", "key", "update"},
          new String[] {"for", "share"},
          new String[] {"for", "key", "share"});

  private LockClauses() {}

  /**
   * @param of names of tables in FROM; empty for all of them
   */
  record Clause(Set<String> of, RowLocks locks) {
    boolean isOf(String alias) {
      return of.isEmpty() || of.contains(alias);
    }
  }

  /** What the clauses of a text and of the queries inside it say about locks of others. */
  static Set<RowLocks> everywhere(Phrase text) {
    Set<RowLocks> found = EnumSet.noneOf(RowLocks.class);
    for (int i = text.contains("for") ? 0 : text.size(); i < text.size(); i++) {
      if (text.has(i, "for")) {
        read(text.skip(i)).forEach(clause -> found.add(clause.locks()));
      }
    }
    return found;
  }

  /** The clauses that a text begins with. */
  static List<Clause> read(Phrase text) {
    List<Clause> clauses = new ArrayList<>();
    Phrase rest = text;
    int before;
    do {
      before = clauses.size();
      rest = rest.skip(length(rest, clauses));
    } while (clauses.size() > before);
    return clauses;
  }

  /** Adds the clause at the beginning, if there is one, and tells how many tokens it has. */
  private static int length(Phrase text, List<Clause> clauses) {
    int at =
        STRENGTHS.stream().filter(text::starts).mapToInt(words -> words.length).findAny().orElse(0);
    if (at == 0) {
      return 0;
    }
    Set<String> of = new HashSet<>();
    if (text.has(at, "of")) {
      do {
        int name = at + 1;
        at = name + text.nameLength(name);
        of.add(text.at(at - 1).value());
      } while (text.hasSymbol(at, ","));
    }
    if (text.has(at, "nowait")) {
      clauses.add(new Clause(of, RowLocks.NOWAIT));
      return at + 1;
    }
    boolean skips = text.has(at, "skip", "locked");
    clauses.add(new Clause(of, skips ? RowLocks.SKIP_LOCKED : RowLocks.WAIT));
    return skips ? at + 2 : at;
  }
}
