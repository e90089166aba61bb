package io.pgmesh.router.planner;

import io.pgmesh.router.sql.Phrase;
import java.util.List;
import java.util.Set;

/** The query in a statement that makes a table or view of it. */
final class KeptQuery {
  private static final Set<String> MODIFIERS =
      Set.of(
          "create",
          "or",
          "replace",
          "local",
          "global",
          "temp",
          "temporary",
          "unlogged",
          "recursive",
          "materialized");

  /** What may stand behind the query. */
  private static final List<String[]> ENDS =
      List.of(
          new String[] {"with", "data"},
          new String[] {"with", "no", "data"},
          new String[] {"with", "check", "option"},
          new String[] {"with", "local", "check", "option"},
          new String[] {"with", "cascaded", "check", "option"});

  private KeptQuery() {}

  /** CREATE TABLE AS and CREATE VIEW; empty for other statements. */
  static Phrase of(Phrase statement) {
    int kind = 0;
    while (kind < statement.size() && MODIFIERS.contains(statement.at(kind).value())) {
      kind++;
    }
    boolean keeps = statement.has(kind, "table") || statement.has(kind, "view");
    int as = keeps ? statement.find(kind, "as") : -1;
    if (as < 0 || statement.has(as + 1, "execute")) {
      return statement.skip(statement.size());
    }
    int end = statement.size();
    for (String[] words : ENDS) {
      int tail = statement.size() - words.length;
      end = tail > as && statement.has(tail, words) ? tail : end;
    }
    return statement.sub(as + 1, end);
  }
}
