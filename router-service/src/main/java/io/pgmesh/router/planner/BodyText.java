package io.pgmesh.router.planner;

import io.pgmesh.contracts.api.SessionEvent.Relation;
import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.RowLocks;
import io.pgmesh.router.planner.StatementPlanner.Inspection;
import io.pgmesh.router.sql.Lexer;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SqlWriter;
import io.pgmesh.router.sql.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A function's or block's text. What stands in a string has names of which nobody says what they
 * mean before it runs: a distributed table's name is taken for that table.
 */
final class BodyText {
  private static final Pattern NO_WORD = Pattern.compile("[^\\w.(),]");
  private static final String HINT = "Let a query of its own, written out in the body, ask for it.";

  private enum Language {
    SQL,
    PLPGSQL,
    /** One whose words may be SQL in strings. */
    OTHER
  }

  private final Optional<Token> literal;
  private final Phrase text;
  private final Language language;
  private final PlanContext names;

  private BodyText(Optional<Token> literal, Phrase text, Language language, PlanContext names) {
    this.literal = literal;
    this.text = text;
    this.language = language;
    this.names = names;
  }

  /** The bodies in a statement; empty for a statement of another kind. */
  static List<BodyText> of(Phrase statement, PlanContext context) {
    boolean block = statement.starts("do");
    Language language = language(statement, block);
    List<BodyText> bodies = new ArrayList<>();
    for (int i = 1; i < statement.size(); i++) {
      Token token = statement.at(i);
      boolean body = block ? !statement.has(i - 1, "language") : statement.has(i - 1, "as");
      if (token.kind() == Token.Kind.STRING && body) {
        bodies.add(inString(token, language, context));
      }
    }
    if (bodies.isEmpty() && isFunction(statement)) {
      bodies.add(new BodyText(Optional.empty(), statement, Language.SQL, context));
    }
    return bodies;
  }

  /** CREATE FUNCTION and CREATE PROCEDURE. */
  static boolean isFunction(Phrase statement) {
    int kind = statement.has(1, "or", "replace") ? 3 : 1;
    return statement.starts("create")
        && (statement.has(kind, "function") || statement.has(kind, "procedure"));
  }

  private static Language language(Phrase statement, boolean block) {
    int at = statement.find(1, "language") + 1;
    if (at == 0 || at >= statement.size()) {
      return block ? Language.PLPGSQL : Language.SQL;
    }
    return switch (statement.at(at).value().toLowerCase(Locale.ROOT)) {
      case "sql" -> Language.SQL;
      case "plpgsql" -> Language.PLPGSQL;
      default -> Language.OTHER;
    };
  }

  private static BodyText inString(Token literal, Language language, PlanContext context) {
    Optional<Phrase> sql = language == Language.OTHER ? Optional.empty() : sql(literal.value());
    Phrase text = sql.orElseGet(() -> words(literal.value()));
    PlanContext names = byLooks(text, context);
    return new BodyText(
        Optional.of(literal), text, sql.isPresent() ? language : Language.OTHER, names);
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

  /** Names in a text mean what tables are called now. */
  private static PlanContext byLooks(Phrase text, PlanContext context) {
    List<Relation> relations = new ArrayList<>();
    for (Phrase name : text.names()) {
      List<String> parts = name.identifiers();
      for (MeshTable table : context.catalog().tables()) {
        boolean qualified = parts.size() == 2 && parts.getFirst().equals(table.schema());
        if (table instanceof Distributed
            && parts.getLast().equals(table.name())
            && (parts.size() == 1 || qualified)) {
          relations.add(
              new Relation(
                  name.text(), table.oid(), table.schema(), table.name(), 'r', true, false));
        }
      }
    }
    Inspection asked = context.inspection();
    relations.addAll(asked.relations());
    return new PlanContext(
        new Inspection(
            asked.parameterTypes(), relations, asked.userFunctions(), asked.volatileFunctions()),
        context.catalog(),
        context.session());
  }

  /**
   * Changes it so that it answers for the rows in shards.
   *
   * @throws SqlError 0A000 where that is not seen
   */
  void writeTo(SqlWriter.Replacing statement) {
    executed().forEach(inner -> check(inner, "in a text inside a function or block"));
    if (language == Language.OTHER) {
      check(text, "in a text inside a function or block");
      return;
    }
    BodyQueries found = BodyQueries.of(text, language == Language.PLPGSQL);
    found.beside().forEach(this::checkBeside);
    boolean asks = text.contains("tableoid") || text.contains("tablesample") || passesBy(text);
    if (asks && found.hide(this::isDistributed)) {
      throw Unsupported.feature("WITH by the name of a distributed table in a function or block");
    }
    var replaced = new SqlWriter.Replacing(text.sql());
    OnlyTables.takeAway(text, this::isDistributed, replaced);
    found.queries().forEach(query -> write(query, replaced));
    if (!replaced.isEmpty()) {
      put(replaced, statement);
    }
  }

  private void write(Phrase query, SqlWriter.Replacing replaced) {
    try {
      ShellText.inBody(query, names, replaced);
    } catch (IndexOutOfBoundsException
        | NoSuchElementException broken) { // nobody has looked at it before
      throw Unsupported.feature("this query in a function or block");
    }
  }

  private void put(SqlWriter.Replacing replaced, SqlWriter.Replacing statement) {
    if (literal.isEmpty()) {
      replaced.writeTo(statement, 0, false);
      return;
    }
    Token token = literal.get();
    String written = statement.sql().substring(token.start(), token.end());
    int quote = written.indexOf(text.sql());
    if (quote < 0) { // with escapes in it
      String words = Identifiers.literal(replaced.build().text());
      statement.replace(token.start(), token.end(), words);
    } else {
      replaced.writeTo(statement, token.start() + quote, !written.startsWith("$"));
    }
  }

  /** Texts inside of it, those of functions that it makes among them. */
  private List<Phrase> executed() {
    if (!text.contains("execute") && !text.contains("create") || literal.isEmpty()) {
      return List.of();
    }
    return text.tokens().stream()
        .filter(token -> token.kind() == Token.Kind.STRING)
        .map(token -> sql(token.value()).orElseGet(() -> words(token.value())))
        .toList();
  }

  /** Behind a query in parentheses ORDER BY and FOR UPDATE are about its tables. */
  private void checkBeside(Phrase statement) {
    String where = "in this kind of statement inside a function or block";
    if (passesBy(statement) && mayReadShards()) {
      throw refused("NOWAIT or SKIP LOCKED", where);
    }
    if (statement.contains("order") && statement.contains("tableoid") && namesDistributed(text)) {
      throw refused("tableoid", where);
    }
    check(statement, where);
  }

  private boolean mayReadShards() {
    return namesDistributed(text)
        || text.names().stream()
            .flatMap(name -> names.relation(name).stream())
            .anyMatch(Relation::readsShards);
  }

  private static boolean passesBy(Phrase words) {
    return LockClauses.everywhere(words).stream().anyMatch(RowLocks::passesBy);
  }

  private void check(Phrase words, String where) {
    if (!namesDistributed(words)) {
      return;
    }
    for (String word : List.of("tableoid", "tablesample")) {
      if (words.contains(word)) {
        throw refused(word, where);
      }
    }
    if (passesBy(words)) {
      throw refused("NOWAIT or SKIP LOCKED", where);
    }
    if (!where.contains("statement") && !OnlyTables.in(words, this::isDistributed).isEmpty()) {
      throw refused("ONLY", where);
    }
  }

  private static SqlError refused(String word, String where) {
    return Unsupported.because(word + " of a distributed table " + where, HINT);
  }

  private boolean namesDistributed(Phrase words) {
    return words.names().stream().anyMatch(this::isDistributed);
  }

  private boolean isDistributed(Phrase name) {
    List<String> parts = name.identifiers();
    return names.catalog().tables().stream()
        .filter(Distributed.class::isInstance)
        .anyMatch(
            table ->
                parts.getFirst().equals(table.name())
                    || parts.size() > 1
                        && parts.get(0).equals(table.schema())
                        && parts.get(1).equals(table.name()));
  }
}
