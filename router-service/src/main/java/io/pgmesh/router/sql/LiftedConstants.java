package io.pgmesh.router.sql;

import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.SqlText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The constants that {@link StatementShape} takes out of a text, as parameters of it: so a server
 * that keeps the text prepared need not read and plan those that differ from it in constants.
 *
 * <p>Numbers get their type and, where they are equal, one parameter, since PostgreSQL compares
 * expressions; strings get no type, as PostgreSQL gives them none until it knows what they are for,
 * and so a parameter each.
 */
public final class LiftedConstants {
  private static final long INT4 = 23;
  private static final long INT8 = 20;
  private static final long NUMERIC = 1700;
  private static final long UNKNOWN = 0;

  private final Phrase statement;
  private final List<Integer> firsts = new ArrayList<>(); // token of each parameter
  private final List<Long> types = new ArrayList<>();
  private final Map<Integer, Integer> parameters = new HashMap<>(); // from the token's start

  private LiftedConstants(Phrase statement, List<Integer> constants) {
    this.statement = statement;
    Map<String, Integer> numbers = new HashMap<>();
    for (int index : constants) {
      Token token = statement.at(index);
      boolean number = token.kind() != Token.Kind.STRING;
      Integer known = number ? numbers.get(token.value()) : null;
      if (known == null) {
        firsts.add(index);
        types.add(typeOf(token));
        known = firsts.size();
        if (number) {
          numbers.put(token.value(), known);
        }
      }
      parameters.put(token.start(), known);
    }
  }

  /**
   * Empty for a text without such constants, with parameters of the client's, or with a condition
   * that PostgreSQL compares with an index's as it is written.
   */
  public static Optional<LiftedConstants> of(Phrase statement) {
    List<Integer> constants = StatementShape.constants(statement);
    boolean other =
        statement.contains("conflict")
            || statement.tokens().stream().anyMatch(t -> t.kind() == Token.Kind.PARAMETER);
    return constants.isEmpty() || other
        ? Optional.empty()
        : Optional.of(new LiftedConstants(statement, constants));
  }

  private static long typeOf(Token token) {
    return switch (token.kind()) {
      case STRING -> UNKNOWN;
      case INTEGER -> Long.parseLong(token.value()) <= Integer.MAX_VALUE ? INT4 : INT8;
      default -> NUMERIC;
    };
  }

  /** The client's text with parameters. */
  public String text() {
    return text(SqlText.unchanged(statement.sql())).text();
  }

  /** As in Parse, 0 for strings. */
  public List<Long> types() {
    return types;
  }

  /** A server's text with parameters in what it has of the client's. */
  public SqlText text(SqlText server) {
    SqlWriter writer = new SqlWriter();
    int at = 0;
    for (SqlText.Segment segment : server.segments()) {
      writer.add(server.text().substring(at, segment.at()));
      copy(segment.from(), segment.from() + segment.length(), writer);
      at = segment.at() + segment.length();
    }
    return writer.add(server.text().substring(at)).build();
  }

  private void copy(int from, int to, SqlWriter writer) {
    int at = from;
    for (Token token : statement.tokens()) {
      Integer parameter = token.start() < at ? null : parameters.get(token.start());
      if (parameter != null && token.end() <= to) {
        writer.copy(statement.sql(), at, token.start());
        // spaces: to PostgreSQL a=$1 and 1$2 would be other tokens
        writer.add(" $" + parameter + " ");
        at = token.end();
      }
    }
    writer.copy(statement.sql(), at, to);
  }

  /** Values of the parameters in a text of the same shape, in text form. */
  public Arguments values(Phrase alike) {
    List<byte[]> values = new ArrayList<>(firsts.size());
    for (int index : firsts) {
      values.add(alike.at(index).value().getBytes(StandardCharsets.UTF_8));
    }
    return new Arguments(types, List.of(), values, List.of());
  }
}
