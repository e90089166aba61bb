package io.pgmesh.router.sql;

import io.pgmesh.contracts.error.SqlError;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the text of one statement, without a catalog. */
public final class StatementReader {
  private static final Pattern PASSING_BY =
      Pattern.compile("nowait|locked", Pattern.CASE_INSENSITIVE);

  private StatementReader() {}

  /**
   * @param sql one statement, without the closing semicolon
   * @throws io.pgmesh.contracts.error.SqlError 42601 where a string or comment does not end
   */
  public static ParsedStatement read(String sql) {
    Phrase text = Phrase.of(sql, Lexer.tokens(sql));
    Set<String> relations = new LinkedHashSet<>();
    Set<String> functions = new LinkedHashSet<>();
    collect(text, relations);
    inBodies(text).forEach(body -> collect(body, relations));
    for (Phrase name : text.names()) {
      boolean word = name.size() == 1 && Keywords.isReserved(name.first());
      if (!word && text.hasSymbol(name.to() - text.from(), "(")) {
        functions.add(name.last().value());
      }
    }
    for (int i = 2; i < text.size(); i++) { // (t).f may be f(t)
      boolean part = text.hasSymbol(i - 2, ")") && text.hasSymbol(i - 1, ".");
      if (part && text.at(i).isIdentifier()) {
        functions.add(text.at(i).value());
      }
    }
    return new ParsedStatement(
        sql, Classifier.classify(text), List.copyOf(relations), List.copyOf(functions));
  }

  private static void collect(Phrase text, Set<String> relations) {
    text.names().stream()
        .filter(name -> name.size() <= 3)
        .filter(name -> name.size() > 1 || !Keywords.isReserved(name.first()))
        .forEach(name -> relations.add(name.text()));
  }

  /** Bodies of functions and blocks that may lock rows of views without waiting for them. */
  private static List<Phrase> inBodies(Phrase text) {
    if (!text.starts("do") && !text.starts("create")) {
      return List.of();
    }
    List<Phrase> bodies = new ArrayList<>();
    for (Token token : text.tokens()) {
      String value = token.value();
      if (token.kind() == Token.Kind.STRING && PASSING_BY.matcher(value).find()) {
        try {
          bodies.add(Phrase.of(value, Lexer.tokens(value)));
        } catch (SqlError noSql) { // if it should be, the server says so
          continue;
        }
      }
    }
    return bodies;
  }
}
