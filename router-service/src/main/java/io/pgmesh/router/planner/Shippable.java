package io.pgmesh.router.planner;

import io.pgmesh.router.sql.Keywords;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Token;
import java.util.Set;

/** Whether an expression means on a worker what it means in the coordinator database. */
final class Shippable {
  /** Sequences live in the coordinator database only; oids differ from server to server. */
  private static final Set<String> COORDINATOR_ONLY =
      Set.of(
          "nextval",
          "currval",
          "lastval",
          "setval",
          "regclass",
          "regtype",
          "regproc",
          "regprocedure",
          "regoper",
          "regoperator",
          "regnamespace",
          "regrole",
          "regconfig",
          "regdictionary",
          "regcollation");

  private Shippable() {}

  /**
   * Whether the phrase has no subquery, nothing that only the coordinator database knows, and calls
   * no function of the users'.
   */
  static boolean allows(Phrase phrase, PlanContext context) {
    return !hasSubquery(phrase)
        && !needsCoordinator(phrase)
        && RowTypes.needed(phrase, context).isEmpty()
        && !(context.inspection().userFunctions() && hasCall(phrase));
  }

  static boolean hasSubquery(Phrase phrase) {
    return phrase.contains("select") || phrase.contains("values") || phrase.contains("table");
  }

  static boolean needsCoordinator(Phrase phrase) {
    for (int i = 0; i < phrase.size(); i++) {
      Token token = phrase.at(i);
      if (!token.isIdentifier()) {
        continue;
      }
      String name = token.value();
      boolean call = phrase.hasSymbol(i + 1, "(");
      if (name.equals("tableoid")
          || COORDINATOR_ONLY.contains(name) && (call || isCast(phrase, i))
          || call && ServerFunctions.has(name)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isCast(Phrase phrase, int index) {
    return phrase.hasSymbol(index - 1, "::")
        || phrase.has(index - 1, "as")
        || index + 1 < phrase.size() && phrase.at(index + 1).kind() == Token.Kind.STRING;
  }

  /** Whether some function is called. */
  static boolean hasCall(Phrase phrase) {
    for (int i = 0; i + 1 < phrase.size(); i++) {
      boolean name = phrase.at(i).isIdentifier() && !Keywords.isReserved(phrase.at(i));
      if (name && phrase.hasSymbol(i + 1, "(")) {
        return true;
      }
    }
    return false;
  }
}
