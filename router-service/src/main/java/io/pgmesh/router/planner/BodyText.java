package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.router.sql.Lexer;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SqlWriter;
import io.pgmesh.router.sql.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A function's or block's text, which stands in a string. Nobody says what its names mean before it
 * runs: a distributed table's name is taken for that table.
 */
final class BodyText {
  private static final Set<String> LANGUAGES = Set.of("sql", "plpgsql");
  private static final Pattern NO_WORD = Pattern.compile("[^\\w.(),]");

  private final Token literal;
  private final Phrase text;
  private final boolean sql;
  private final CatalogSnapshot catalog;

  private BodyText(Token literal, Optional<Phrase> sql, CatalogSnapshot catalog) {
    this.literal = literal;
    this.sql = sql.isPresent();
    this.text = sql.orElseGet(() -> words(literal.value()));
    this.catalog = catalog;
  }

  /** The bodies in a statement; empty for a statement of another kind. */
  static List<BodyText> of(Phrase statement, CatalogSnapshot catalog) {
    boolean block = statement.starts("do");
    boolean known = knowsLanguage(statement);
    List<BodyText> bodies = new ArrayList<>();
    for (int i = 1; i < statement.size(); i++) {
      Token token = statement.at(i);
      boolean body = block ? !statement.has(i - 1, "language") : statement.has(i - 1, "as");
      if (token.kind() == Token.Kind.STRING && body) {
        bodies.add(new BodyText(token, known ? sql(token.value()) : Optional.empty(), catalog));
      }
    }
    return bodies;
  }

  private static boolean knowsLanguage(Phrase statement) {
    int at = statement.find(1, "language") + 1;
    return at == 0
        || at < statement.size()
            && LANGUAGES.contains(statement.at(at).value().toLowerCase(Locale.ROOT));
  }

  private static Optional<Phrase> sql(String text) {
    try {
      return Optional.of(Phrase.of(text, Lexer.tokens(text)));
    } catch (SqlError noSql) { // if it should be, the server says so
      return Optional.empty();
    }
  }

  /** What stands in strings of other languages may be SQL. */
  private static Phrase words(String text) {
    String plain = NO_WORD.matcher(text).replaceAll(" ");
    return Phrase.of(plain, Lexer.tokens(plain));
  }

  /** Whether it, or a text that it may execute, has the word and the name of such a table. */
  boolean asks(String word) {
    return asks(text, word) || executed().stream().anyMatch(inner -> asks(inner, word));
  }

  private boolean asks(Phrase words, String word) {
    return words.contains(word)
        && words.names().stream().anyMatch(name -> distributed(name).isPresent());
  }

  /** Whether it asks for ONLY of such a table where {@link #withoutOnly} does not see it. */
  boolean hidesOnly() {
    return !sql && !onlyTables(text).isEmpty()
        || executed().stream().anyMatch(inner -> !onlyTables(inner).isEmpty());
  }

  /** Texts inside of it. */
  private List<Phrase> executed() {
    if (!text.contains("execute")) {
      return List.of();
    }
    return text.tokens().stream()
        .filter(token -> token.kind() == Token.Kind.STRING)
        .map(token -> sql(token.value()).orElseGet(() -> words(token.value())))
        .toList();
  }

  private Optional<MeshTable> distributed(Phrase name) {
    List<String> parts = name.identifiers();
    return catalog.tables().stream()
        .filter(Distributed.class::isInstance)
        .filter(
            table ->
                parts.getFirst().equals(table.name())
                    || parts.size() > 1
                        && parts.get(0).equals(table.schema())
                        && parts.get(1).equals(table.name()))
        .findFirst();
  }

  /** Stretches {@code ONLY table} and {@code ONLY (table)}. */
  private List<Phrase> onlyTables(Phrase words) {
    List<Phrase> found = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      int at = words.hasSymbol(i + 1, "(") ? i + 2 : i + 1;
      int length = words.has(i, "only") ? words.nameLength(at) : 0;
      if (length > 0 && distributed(words.sub(at, at + length)).isPresent()) {
        found.add(words.sub(i, at + length + (at == i + 2 ? 1 : 0)));
      }
    }
    return found;
  }

  /** Takes ONLY away where it stands before such a table. */
  void withoutOnly(SqlWriter.Replacing statement, String written) {
    List<Phrase> found = sql ? onlyTables(text) : List.of();
    if (found.isEmpty()) {
      return;
    }
    var replaced = new SqlWriter.Replacing(text.sql());
    found.forEach(only -> replaced.replace(only, table(only)));
    int quote = written.substring(literal.start(), literal.end()).indexOf(text.sql());
    if (quote < 0) { // with escapes in it
      String words = Identifiers.literal(replaced.build().text());
      statement.replace(literal.start(), literal.end(), words);
      return;
    }
    for (Phrase only : found) {
      int start = literal.start() + quote;
      statement.replace(start + only.start(), start + only.end(), table(only));
    }
  }

  private static String table(Phrase only) {
    boolean brackets = only.hasSymbol(1, "(");
    return only.sub(brackets ? 2 : 1, brackets ? only.size() - 1 : only.size()).text();
  }
}
