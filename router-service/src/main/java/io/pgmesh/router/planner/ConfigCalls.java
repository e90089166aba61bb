package io.pgmesh.router.planner;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.ConfigCall;
import io.pgmesh.contracts.setting.MeshSettings;
import io.pgmesh.contracts.setting.PassingSettings;
import io.pgmesh.router.planner.StatementPlanner.Bound;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.planner.StatementPlanner.SessionView;
import io.pgmesh.router.sql.ParsedStatement;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Statement;
import io.pgmesh.router.sql.Token;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Calls of {@code set_config(name, value, is_local)} in a query. The coordinator database runs
 * them; the session must know which settings they were, for its connections to workers.
 */
public final class ConfigCalls {
  private static final String CALL = "set_config";
  private static final int ARGUMENTS = 3;
  private static final Set<String> TRUE =
      Set.of("t", "tr", "tru", "true", "y", "ye", "yes", "on", "1");

  private ConfigCalls() {}

  /** Whether one of its functions has this name. */
  public static boolean mayBeIn(ParsedStatement statement) {
    return statement.functions().contains(CALL);
  }

  /** The same plan, which checks calls before it runs and says what they set. */
  static PlannedStatement noted(
      ParsedStatement statement, PlannedStatement planned, SessionView session) {
    if (!mayBeIn(statement) || !(statement.statement() instanceof Statement.Select(var text))) {
      return planned;
    }
    return (arguments, hashes) -> {
      List<ConfigCall> calls = check(text, arguments, session.inTransaction());
      return switch (planned.bind(arguments, hashes)) {
        case Bound.Ready(Plan.Coordinator plan) -> new Bound.Ready(plan.configuring(calls));
        case Bound.Ready(Plan other) -> new Bound.Ready(other);
        case Bound.NeedsHash needed -> needed;
      };
    };
  }

  /**
   * @return the settings that the calls name
   * @throws SqlError where one would give one of the mesh's settings what it cannot have, or nobody
   *     knows which setting it is
   */
  static List<ConfigCall> check(Phrase text, Arguments arguments, boolean inTransaction) {
    var calls = new ArrayList<ConfigCall>();
    for (int i = 0; i < text.size(); i++) {
      if (!text.has(i, CALL) || !text.hasSymbol(i + 1, "(") || isUsers(text, i)) {
        continue;
      }
      List<Phrase> given = text.sub(i + 2, text.behindBrackets(i + 1) - 1).split(",");
      if (given.size() != ARGUMENTS || isNull(given.getFirst(), arguments)) {
        continue; // PostgreSQL refuses it
      }
      String name = argument(given.getFirst(), arguments).orElseThrow(ConfigCalls::unknown);
      MeshSettings.checkName(name);
      refuseOfTransaction(name, inTransaction);
      argument(given.get(1), arguments).ifPresent(value -> MeshSettings.checked(name, value));
      calls.add(new ConfigCall(name.toLowerCase(Locale.ROOT), isLocal(given.get(2), arguments)));
    }
    return calls;
  }

  /** Whether the name at an index is qualified by another schema than PostgreSQL's. */
  private static boolean isUsers(Phrase text, int index) {
    return index > 1 && text.hasSymbol(index - 1, ".") && !text.has(index - 2, "pg_catalog");
  }

  /** Only the coordinator database would follow it; alone such a call means nothing. */
  private static void refuseOfTransaction(String name, boolean inTransaction) {
    String known = name.toLowerCase(Locale.ROOT);
    if (inTransaction && PassingSettings.has(known) && !known.equals(PassingSettings.SEED)) {
      throw Unsupported.because(
          "set_config of \"" + known + "\" in a transaction block", "Use SET TRANSACTION.");
    }
  }

  private static boolean isLocal(Phrase given, Arguments arguments) {
    if (isNull(given, arguments)) {
      return false;
    }
    Token first = given.first();
    if (given.size() == 1 && (given.has(0, "true") || given.has(0, "false"))) {
      return given.has(0, "true");
    }
    Optional<String> value = argument(given, arguments);
    if (value.isEmpty()) {
      throw unknown();
    }
    boolean binaryTrue = first.kind() == Token.Kind.PARAMETER && value.get().equals("\u0001");
    return binaryTrue || TRUE.contains(value.get().strip().toLowerCase(Locale.ROOT));
  }

  private static SqlError unknown() {
    return Unsupported.because(
        "set_config of what only running the statement tells",
        "Give its name and its last argument as constants or parameters.");
  }

  private static boolean isNull(Phrase given, Arguments arguments) {
    return given.has(0, "null")
        || !given.isEmpty()
            && given.first().kind() == Token.Kind.PARAMETER
            && index(given) < arguments.values().size()
            && arguments.values().get(index(given)) == null;
  }

  private static int index(Phrase given) {
    return Integer.parseInt(given.first().value()) - 1;
  }

  /** A constant or a parameter, with or without a cast behind it; of texts both formats agree. */
  private static Optional<String> argument(Phrase given, Arguments arguments) {
    if (given.isEmpty() || given.size() > 1 && !given.hasSymbol(1, "::")) {
      return Optional.empty();
    }
    Token first = given.first();
    if (first.kind() != Token.Kind.PARAMETER) {
      return first.isIdentifier() ? Optional.empty() : MeshSettingTexts.constant(given.sub(0, 1));
    }
    return index(given) < arguments.values().size()
        ? Optional.ofNullable(arguments.values().get(index(given)))
            .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        : Optional.empty();
  }
}
