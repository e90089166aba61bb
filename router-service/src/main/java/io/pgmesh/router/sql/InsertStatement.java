package io.pgmesh.router.sql;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The parts of an INSERT; phrases that are absent are empty.
 *
 * @param with {@code WITH …} before INSERT
 * @param alias as written behind AS
 * @param columns the column list with its parentheses
 * @param overriding {@code OVERRIDING … VALUE}
 * @param conflict {@code ON CONFLICT …}
 * @param returning {@code RETURNING …}
 */
public record InsertStatement(
    Phrase with,
    Phrase table,
    Phrase alias,
    Phrase columns,
    Phrase overriding,
    Source source,
    Phrase conflict,
    Phrase returning) {

  /** Where the rows come from. */
  public sealed interface Source {
    /** The expressions of each row. */
    record Rows(List<List<Phrase>> rows) implements Source {
      public Rows {
        rows = List.copyOf(rows);
      }
    }

    record DefaultValues() implements Source {}

    record Query(Phrase query) implements Source {}
  }

  /** Splits a statement that begins with INSERT, or with WITH and has INSERT as its verb. */
  public static InsertStatement of(Phrase statement) {
    int verb = statement.starts("insert") ? 0 : statement.find(0, "insert");
    if (verb < 0 || !statement.has(verb, "insert", "into")) {
      throw syntaxError(statement);
    }
    int at = verb + 2;
    Phrase table = statement.sub(at, at + statement.nameLength(at));
    at += table.size();
    Phrase alias = statement.sub(at, at);
    if (statement.has(at, "as")) {
      alias = statement.sub(at + 1, at + 2);
      at += 2;
    }
    Phrase columns = statement.sub(at, at);
    if (statement.hasSymbol(at, "(") && !beginsQuery(statement, at + 1)) {
      columns = statement.sub(at, statement.behindBrackets(at));
      at += columns.size();
    }
    Phrase overriding = statement.sub(at, at);
    if (statement.has(at, "overriding")) {
      overriding = statement.sub(at, at + 3);
      at += 3;
    }
    return withSource(statement, verb, table, alias, columns, overriding, at);
  }

  private static InsertStatement withSource(
      Phrase statement,
      int verb,
      Phrase table,
      Phrase alias,
      Phrase columns,
      Phrase overriding,
      int at) {
    int returningAt = statement.find(at, "returning");
    int end = returningAt < 0 ? statement.size() : returningAt;
    int conflictAt = statement.sub(0, end).find(at, "on", "conflict");
    int sourceEnd = conflictAt < 0 ? end : conflictAt;
    return new InsertStatement(
        statement.sub(0, verb),
        table,
        alias,
        columns,
        overriding,
        source(statement.sub(at, sourceEnd)),
        statement.sub(sourceEnd, end),
        statement.skip(end));
  }

  private static boolean beginsQuery(Phrase statement, int index) {
    int at = index;
    while (statement.hasSymbol(at, "(")) {
      at++;
    }
    return statement.has(at, "select")
        || statement.has(at, "with")
        || statement.has(at, "values")
        || statement.has(at, "table");
  }

  private static Source source(Phrase phrase) {
    if (phrase.starts("default", "values")) {
      return new Source.DefaultValues();
    }
    return phrase.starts("values")
        ? rows(phrase.skip(1)).<Source>map(Source.Rows::new).orElse(new Source.Query(phrase))
        : new Source.Query(phrase);
  }

  private static Optional<List<List<Phrase>>> rows(Phrase list) {
    List<List<Phrase>> rows = new ArrayList<>();
    for (Phrase row : list.split(",")) {
      if (!row.hasSymbol(0, "(") || row.behindBrackets(0) != row.size()) {
        return Optional.empty(); // VALUES … ORDER BY, UNION, …
      }
      rows.add(row.sub(1, row.size() - 1).split(","));
    }
    return Optional.of(rows);
  }

  /** Names in the column list; empty when there is no list or it names parts of columns. */
  public Optional<List<String>> columnNames() {
    if (columns.isEmpty()) {
      return Optional.empty();
    }
    List<Phrase> parts = columns.sub(1, columns.size() - 1).split(",");
    return parts.stream().allMatch(part -> part.size() == 1)
        ? Optional.of(parts.stream().map(part -> part.first().value()).toList())
        : Optional.empty();
  }

  private static SqlError syntaxError(Phrase statement) {
    return new SqlError(SqlState.SYNTAX_ERROR, "cannot find INSERT in: " + statement.text());
  }
}
