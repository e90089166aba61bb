package io.pgmesh.router.sql;

import io.pgmesh.contracts.plan.Plan.Effects;
import io.pgmesh.contracts.plan.Plan.Setting.Scope;
import io.pgmesh.contracts.plan.Plan.Use;
import io.pgmesh.contracts.setting.PassingSettings;

/** SET, RESET and DISCARD. */
final class SettingClassifier {
  private static final String AUTHORIZATION = "session_authorization";

  private SettingClassifier() {}

  static Statement classify(Phrase text) {
    return switch (text.first().value()) {
      case "set" -> set(text);
      case "reset" -> new Statement.Setting(resetName(text.skip(1)), Scope.RESET);
      default ->
          text.has(1, "all")
              ? new Statement.Setting("all", Scope.RESET)
              : Classifier.utility(text, Use.READ, Effects.NONE);
    };
  }

  private static Statement set(Phrase text) {
    if (text.has(1, "constraints")) {
      return new Statement.Setting("constraints", Scope.TRANSACTION);
    }
    if (text.has(1, "transaction") && !isAssignment(text, 2)) {
      return new Statement.Setting("transaction", Scope.TRANSACTION);
    }
    if (text.has(1, "session", "characteristics")) {
      return new Statement.Setting(characteristics(text), Scope.SESSION);
    }
    if (text.has(1, "session", "authorization")) {
      return new Statement.Setting(AUTHORIZATION, Scope.SESSION);
    }
    boolean local = text.has(1, "local");
    boolean scoped = local || text.has(1, "session") && !isAssignment(text, 2);
    Phrase assignment = text.skip(scoped ? 2 : 1);
    return assigned(text, setName(assignment), local);
  }

  private static Statement assigned(Phrase text, String name, boolean local) {
    if (name.equals(PassingSettings.SEED)) {
      return Classifier.utility(text, Use.READ, Effects.SESSION); // setseed() by another name
    }
    if (local) {
      return new Statement.Setting(name, Scope.LOCAL);
    }
    Scope scope = PassingSettings.has(name) ? Scope.TRANSACTION : Scope.SESSION;
    return new Statement.Setting(name, scope);
  }

  /** The one setting behind SESSION CHARACTERISTICS; several together have a name of their own. */
  private static String characteristics(Phrase text) {
    boolean isolation = text.contains("isolation");
    boolean mode = text.contains("only") || text.contains("write");
    boolean deferrable = text.contains("deferrable");
    if (isolation && !mode && !deferrable) {
      return "default_transaction_isolation";
    }
    if (mode && !isolation && !deferrable) {
      return "default_transaction_read_only";
    }
    return deferrable && !isolation && !mode
        ? "default_transaction_deferrable"
        : "session characteristics";
  }

  private static boolean isAssignment(Phrase text, int index) {
    return text.has(index, "to") || text.hasSymbol(index, "=");
  }

  private static String setName(Phrase assignment) {
    if (assignment.starts("time", "zone")) {
      return "timezone";
    }
    if (assignment.starts("session", "authorization")) {
      return AUTHORIZATION;
    }
    return switch (Classifier.name(assignment, 0)) {
      case "names" -> "client_encoding";
      case "schema" -> isAssignment(assignment, 1) ? "schema" : "search_path";
      case "xml" -> "xmloption";
      default -> dotted(assignment);
    };
  }

  private static String resetName(Phrase name) {
    if (name.starts("time", "zone")) {
      return "timezone";
    }
    return name.starts("session", "authorization") ? AUTHORIZATION : dotted(name);
  }

  private static String dotted(Phrase phrase) {
    int length = phrase.nameLength(0);
    return String.join(".", phrase.sub(0, length).identifiers()).toLowerCase(java.util.Locale.ROOT);
  }
}
