package io.pgmesh.router.sql;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Reads the text of one statement, without a catalog. */
public final class StatementReader {
  private StatementReader() {}

  /**
   * @param sql one statement, without the closing semicolon
   * @throws io.pgmesh.contracts.error.SqlError 42601 where a string or comment does not end
   */
  public static ParsedStatement read(String sql) {
    Phrase text = Phrase.of(sql, Lexer.tokens(sql));
    Set<String> relations = new LinkedHashSet<>();
    Set<String> functions = new LinkedHashSet<>();
    for (Phrase name : text.names()) {
      if (name.size() == 1 && Keywords.isReserved(name.first())) {
        continue;
      }
      if (name.size() <= 3) {
        relations.add(name.text());
      }
      if (text.hasSymbol(name.to() - text.from(), "(")) {
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
}
