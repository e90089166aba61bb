package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Setting.Scope;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.contracts.setting.MeshSettings;
import io.pgmesh.router.sql.Lexer;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Statement;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;

/**
 * Statements that give the mesh's own settings a value: PostgreSQL would take any. Values that only
 * running the statement tells are not looked at.
 */
final class MeshSettingTexts {
  private MeshSettingTexts() {}

  /**
   * SET and RESET.
   *
   * @throws SqlError as {@link MeshSettings#checked}
   */
  static Plan.Setting setting(String name, Scope scope, SqlText sql) {
    var asIs = new Plan.Setting(name, scope, sql);
    if (!MeshSettings.reserves(name)) {
      return asIs;
    }
    MeshSettings.checkName(name);
    if (scope == Scope.RESET) {
      return asIs;
    }
    Phrase values = values(phrase(sql.text()));
    if (values.size() == 1 && values.starts("default")) {
      return scope == Scope.LOCAL
          ? canonical(name, scope, MeshSettings.defaults().get(name))
          : new Plan.Setting(name, Scope.RESET, sql);
    }
    if (values.split(",").size() > 1) {
      throw new SqlError(
          SqlState.INVALID_PARAMETER_VALUE, "SET " + name + " takes only one argument");
    }
    return constant(values)
        .map(value -> canonical(name, scope, MeshSettings.checked(name, value)))
        .orElse(asIs);
  }

  private static Plan.Setting canonical(String name, Scope scope, String value) {
    String local = scope == Scope.LOCAL ? "LOCAL " : "";
    return new Plan.Setting(
        name, scope, SqlText.made("SET " + local + name + " TO " + Identifiers.literal(value)));
  }

  private static Phrase phrase(String sql) {
    return Phrase.of(sql, Lexer.tokens(sql));
  }

  /** What stands behind the first TO or = of a SET. */
  private static Phrase values(Phrase text) {
    for (int i = 1; i < text.size(); i++) {
      if (text.has(i, "to") || text.hasSymbol(i, "=")) {
        return text.skip(i + 1);
      }
    }
    return text.sub(text.size(), text.size());
  }

  /** ALTER ROLE, DATABASE or SYSTEM … SET, and SET of functions. */
  static void checkDefinition(Statement statement) {
    if (statement instanceof Statement.Ddl(var text)) {
      checkDefinition(text);
    } else if (statement instanceof Statement.Utility(var text, var use, var effects)) {
      checkDefinition(text);
    }
  }

  private static void checkDefinition(Phrase text) {
    if (!text.starts("alter") && !text.starts("create")) {
      return;
    }
    for (int at = text.find(1, "set"); at > 0; at = text.find(at + 1, "set")) {
      int length = text.nameLength(at + 1);
      int behind = at + 1 + length;
      boolean assigns = text.has(behind, "to") || text.hasSymbol(behind, "=");
      if (length > 1 && assigns) {
        String name = String.join(".", text.sub(at + 1, behind).identifiers());
        int end = text.hasSymbol(behind + 1, "-") || text.hasSymbol(behind + 1, "+") ? 3 : 2;
        check(name, text.sub(behind + 1, Math.min(behind + end, text.size())));
      }
    }
  }

  private static void check(String name, Phrase value) {
    MeshSettings.checkName(name);
    if (!value.starts("default")) {
      constant(value).ifPresent(known -> MeshSettings.checked(name, known));
    }
  }

  /** As PostgreSQL makes a setting's value of it; empty for what is no single constant. */
  static Optional<String> constant(Phrase value) {
    boolean negative = value.size() == 2 && value.hasSymbol(0, "-");
    if (value.size() != 1 && !negative && !(value.size() == 2 && value.hasSymbol(0, "+"))) {
      return Optional.empty();
    }
    String text = value.last().value();
    return switch (value.last().kind()) {
      case STRING, WORD, QUOTED_IDENTIFIER ->
          value.size() == 1 ? Optional.of(text) : Optional.empty();
      case INTEGER, NUMBER -> Optional.of((negative ? "-" : "") + number(text));
      case BIT_STRING, UNICODE, PARAMETER, OPERATOR, PUNCTUATION -> Optional.empty();
    };
  }

  /** In SQL, unlike in the text of a setting, a leading zero makes no number octal. */
  private static String number(String written) {
    String digits = written.replace("_", "").toLowerCase(Locale.ROOT);
    if (digits.startsWith("0o") || digits.startsWith("0b")) {
      return new BigInteger(digits.substring(2), digits.startsWith("0o") ? 8 : 2).toString();
    }
    return digits.replaceFirst("^0+(?=[0-9])", "");
  }
}
