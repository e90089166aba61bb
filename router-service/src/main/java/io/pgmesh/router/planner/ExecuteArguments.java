package io.pgmesh.router.planner;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SqlWriter;
import io.pgmesh.router.sql.Statement;
import io.pgmesh.router.sql.Token;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What EXECUTE gives a prepared statement's parameters. Arguments are expressions, which PostgreSQL
 * converts as it does on assignment: all but the plainest are its own to compute.
 */
public final class ExecuteArguments {
  /** Words that are no more than a part of a constant. */
  private static final Set<String> OF_CONSTANTS =
      Set.of(
          "array",
          "null",
          "true",
          "false",
          "bigint",
          "bool",
          "boolean",
          "bytea",
          "date",
          "float8",
          "int",
          "int2",
          "int4",
          "int8",
          "integer",
          "interval",
          "json",
          "jsonb",
          "numeric",
          "smallint",
          "text",
          "time",
          "timestamp",
          "timestamptz",
          "uuid",
          "varchar");

  private static final Set<String> SYMBOLS = Set.of("(", ")", "[", "]", ",", "::", "-", "+");

  /** Strings that may mean another time whenever they are read. */
  private static final Pattern TIME =
      Pattern.compile("now|today|tomorrow|yesterday", Pattern.CASE_INSENSITIVE);

  private ExecuteArguments() {}

  /** One phrase an argument. */
  public static List<Phrase> of(Statement.Execute execute) {
    return execute.arguments().isEmpty() ? List.of() : execute.arguments().split(",");
  }

  /**
   * The values in text, null for NULL, where all arguments are constants that mean the same to
   * everybody; otherwise empty.
   *
   * @param types oids, one an argument
   */
  public static Optional<List<byte[]>> plain(List<Phrase> arguments, List<Long> types) {
    var values = new ArrayList<byte[]>();
    for (int i = 0; i < arguments.size(); i++) {
      if (PlainConstant.isNull(arguments.get(i), types.get(i))) {
        values.add(null);
        continue;
      }
      Optional<String> value = PlainConstant.text(arguments.get(i), types.get(i));
      if (value.isEmpty()) {
        return Optional.empty();
      }
      values.add(value.get().getBytes(StandardCharsets.UTF_8));
    }
    return Optional.of(values);
  }

  /**
   * The question for the values.
   *
   * @throws SqlError where they would give one of the mesh's settings what it cannot have
   */
  public static Plan.Evaluation evaluation(
      Statement.Execute execute, List<Long> types, boolean inTransaction) {
    Phrase arguments = execute.arguments();
    ConfigCalls.check(arguments, Arguments.NONE, inTransaction);
    var call = new SqlWriter().add("EXECUTE " + Plan.Evaluation.STATEMENT + " (");
    return new Plan.Evaluation(
        types,
        call.copy(arguments).add(")").build(),
        callsUsers(arguments),
        CoordinatorReads.effects(arguments));
  }

  /** Whether the values are the same in any transaction. */
  public static boolean areConstant(Phrase arguments) {
    return arguments.words().stream().allMatch(ExecuteArguments::isPartOfConstant);
  }

  private static boolean isPartOfConstant(Token token) {
    return switch (token.kind()) {
      case INTEGER, NUMBER, BIT_STRING -> true;
      case STRING -> !TIME.matcher(token.value()).find();
      case WORD -> OF_CONSTANTS.contains(token.value());
      case OPERATOR, PUNCTUATION -> SYMBOLS.contains(token.value());
      case QUOTED_IDENTIFIER, UNICODE, PARAMETER -> false;
    };
  }

  private static boolean callsUsers(Phrase arguments) {
    return arguments.names().stream()
        .filter(name -> arguments.hasSymbol(name.to() - arguments.from(), "("))
        .anyMatch(name -> !BuiltinFunctions.isBuiltin(name.last().value()));
  }
}
