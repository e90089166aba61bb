package io.pgmesh.router.sql;

import io.pgmesh.contracts.plan.Plan.Effects;
import io.pgmesh.contracts.plan.Plan.Transaction.Verb;
import io.pgmesh.contracts.plan.Plan.Use;
import java.util.List;
import java.util.OptionalInt;

/** Tells statements apart by their first words. */
final class Classifier {
  private static final List<String> MAIN_VERBS =
      List.of("select", "insert", "update", "delete", "merge", "values", "table");

  private Classifier() {}

  static Statement classify(Phrase text) {
    if (text.isEmpty()) {
      return new Statement.Empty();
    }
    if (text.hasSymbol(0, "(")) {
      return new Statement.Select(text);
    }
    return switch (text.first().kind() == Token.Kind.WORD ? text.first().value() : "") {
      case "select", "values", "table" -> select(text);
      case "with" -> behindWith(text);
      case "insert" -> new Statement.Insert(text);
      case "update" -> new Statement.Update(text);
      case "delete" -> new Statement.Delete(text);
      case "merge" -> new Statement.Merge(text);
      case "copy" -> new Statement.Copy(text);
      case "begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release" ->
          transaction(text);
      case "set", "reset", "discard" -> SettingClassifier.classify(text);
      case "explain" -> explain(text);
      case "declare", "fetch", "move", "close" -> CursorClassifier.classify(text);
      case "prepare" ->
          text.has(1, "transaction")
              ? new Statement.Refused("PREPARE TRANSACTION")
              : PreparedClassifier.classify(text);
      case "execute", "deallocate" -> PreparedClassifier.classify(text);
      default -> other(text);
    };
  }

  private static Statement select(Phrase text) {
    int into = text.starts("select") || text.starts("with") ? text.find(0, "into") : -1;
    return into > 0
        ? utility(text, Use.BLOCK, new Effects(true, temporary(text, into)))
        : new Statement.Select(text);
  }

  private static boolean temporary(Phrase text, int into) {
    return text.has(into + 1, "temp")
        || text.has(into + 1, "temporary")
        || text.has(into + 1, "local");
  }

  private static Statement behindWith(Phrase text) {
    int first = text.size();
    for (String verb : MAIN_VERBS) {
      int at = text.find(1, verb);
      first = at < 0 ? first : Math.min(first, at);
    }
    return switch (first < text.size() ? text.at(first).value() : "select") {
      case "insert" -> new Statement.Insert(text);
      case "update" -> new Statement.Update(text);
      case "delete" -> new Statement.Delete(text);
      case "merge" -> new Statement.Merge(text);
      default -> select(text);
    };
  }

  private static Statement transaction(Phrase text) {
    if (text.has(1, "prepared")) {
      return utility(text, Use.NO_BLOCK, Effects.NONE);
    }
    if (!TransactionGrammar.allows(text)) {
      return utility(text, Use.READ, Effects.NONE); // PostgreSQL says what is wrong with it
    }
    int word = text.has(1, "work") || text.has(1, "transaction") ? 2 : 1;
    return switch (text.first().value()) {
      case "begin", "start" -> control(Verb.BEGIN, "");
      case "commit", "end" -> control(Verb.COMMIT, "");
      case "savepoint" -> control(Verb.SAVEPOINT, name(text, 1));
      case "release" -> control(Verb.RELEASE, name(text, text.has(1, "savepoint") ? 2 : 1));
      default ->
          text.has(word, "to")
              ? control(
                  Verb.ROLLBACK_TO,
                  name(text, text.has(word + 1, "savepoint") ? word + 2 : word + 1))
              : control(Verb.ROLLBACK, "");
    };
  }

  private static Statement control(Verb verb, String savepoint) {
    return new Statement.TransactionControl(verb, savepoint);
  }

  static String name(Phrase text, int index) {
    return index < text.size() ? text.at(index).value() : "";
  }

  private static Statement explain(Phrase text) {
    int at = 1;
    if (text.hasSymbol(1, "(") && !beginsQuery(text, 2)) {
      at = text.behindBrackets(1);
    }
    while (text.has(at, "analyze") || text.has(at, "analyse") || text.has(at, "verbose")) {
      at++;
    }
    Phrase query = text.skip(at);
    if (query.starts("explain")) { // an error, however many there are
      return utility(text, Use.READ, Effects.NONE);
    }
    return new Statement.Explain(text.sub(1, at), query, classify(query));
  }

  private static boolean beginsQuery(Phrase text, int index) {
    int at = index;
    while (text.hasSymbol(at, "(")) {
      at++;
    }
    return text.has(at, "select")
        || text.has(at, "with")
        || text.has(at, "values")
        || text.has(at, "table");
  }

  private static Statement other(Phrase text) {
    String word = text.first().value();
    return switch (word) {
      case "create", "drop", "alter" ->
          serverWide(text) ? utility(text, Use.NO_BLOCK, Effects.NONE) : new Statement.Ddl(text);
      case "truncate",
          "comment",
          "grant",
          "revoke",
          "security",
          "import",
          "refresh",
          "reassign",
          "vacuum",
          "analyze",
          "analyse",
          "reindex",
          "cluster",
          "lock" ->
          new Statement.Ddl(text);
      case "show" -> utility(text, Use.READ, Effects.NONE);
      case "listen", "unlisten", "load" -> utility(text, Use.READ, Effects.SESSION);
      case "checkpoint" -> utility(text, Use.NO_BLOCK, Effects.NONE);
      case "do" -> utility(text, Use.BLOCK, Effects.SESSION); // whatever it does there
      default -> utility(text, Use.BLOCK, Effects.NONE); // CALL, NOTIFY, MOVE, …
    };
  }

  private static boolean serverWide(Phrase text) {
    boolean madeOrDropped = !text.starts("alter");
    return text.has(1, "system")
        || madeOrDropped
            && (text.has(1, "database")
                || text.has(1, "tablespace")
                || text.has(1, "subscription"));
  }

  static Statement utility(Phrase text, Use use, Effects effects) {
    return new Statement.Utility(text, use, effects);
  }

  /** The number of a count, if the token is one. */
  static OptionalInt count(Phrase text, int index) {
    boolean number =
        index < text.size()
            && text.at(index).kind() == Token.Kind.INTEGER
            && text.at(index).value().length() < 10
            && text.at(index).value().chars().allMatch(Character::isDigit);
    return number ? OptionalInt.of(Integer.parseInt(text.at(index).value())) : OptionalInt.empty();
  }
}
