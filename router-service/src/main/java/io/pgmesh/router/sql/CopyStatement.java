package io.pgmesh.router.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The parts of a COPY; phrases that are absent are empty.
 *
 * @param table its name; empty for {@code COPY (query)}
 * @param columns the column list with its parentheses
 * @param from whether rows come in
 * @param endpoint {@code STDIN}, {@code STDOUT}, a file name, or {@code PROGRAM …}
 * @param options in either syntax
 * @param where {@code WHERE …} of COPY FROM
 */
public record CopyStatement(
    Phrase table,
    Phrase columns,
    boolean from,
    Phrase endpoint,
    List<Option> options,
    Phrase optionsText,
    Phrase where) {

  /**
   * @param name as in the new syntax, lower case
   * @param value what follows the name; empty when nothing does
   */
  public record Option(String name, Phrase value) {
    /** Value of a string, word or number. */
    public String text() {
      return value.isEmpty() ? "" : value.first().value();
    }

    /** A boolean option's value, which is true when it has none. */
    public boolean isOn() {
      return !List.of("false", "off", "0").contains(text().toLowerCase(Locale.ROOT));
    }

    /** Names in a parenthesized or plain list; {@code *} alone for all columns. */
    public List<String> columns() {
      List<String> names = new ArrayList<>();
      for (int i = 0; i < value.size(); i++) {
        if (value.at(i).isIdentifier() || value.hasSymbol(i, "*")) {
          names.add(value.at(i).value());
        }
      }
      return names;
    }
  }

  public CopyStatement {
    options = List.copyOf(options);
  }

  /** Splits a statement that begins with COPY. */
  public static CopyStatement of(Phrase statement) {
    List<Option> options = new ArrayList<>();
    int at = 1;
    if (statement.has(at, "binary")) {
      options.add(new Option("format", statement.sub(at, at + 1)));
      at++;
    }
    Phrase table = statement.sub(at, at + statement.nameLength(at));
    at = table.isEmpty() ? statement.behindBrackets(at) : at + table.size();
    Phrase columns = statement.sub(at, at);
    if (statement.hasSymbol(at, "(")) {
      columns = statement.sub(at, statement.behindBrackets(at));
      at += columns.size();
    }
    boolean from = statement.has(at, "from");
    int endpointEnd = at + 1 + (statement.has(at + 1, "program") ? 2 : 1);
    int where = from ? statement.find(endpointEnd, "where") : -1;
    int end = where < 0 ? statement.size() : where;
    Phrase optionsText = statement.sub(Math.min(endpointEnd, end), end);
    options.addAll(options(optionsText));
    return new CopyStatement(
        table,
        columns,
        from,
        statement.sub(at + 1, Math.min(endpointEnd, statement.size())),
        options,
        optionsText,
        statement.skip(end));
  }

  private static List<Option> options(Phrase text) {
    Phrase options = text.starts("with") ? text.skip(1) : text;
    if (!options.hasSymbol(0, "(")) {
      return oldOptions(options);
    }
    return options.sub(1, options.behindBrackets(0) - 1).split(",").stream()
        .filter(option -> !option.isEmpty())
        .map(option -> new Option(option.first().value(), option.skip(1)))
        .toList();
  }

  private static List<Option> oldOptions(Phrase text) {
    List<Option> options = new ArrayList<>();
    int at = 0;
    while (at < text.size()) {
      String word = text.at(at).value();
      boolean negated = text.has(at, "force", "not", "null");
      switch (word) {
        case "binary", "csv" -> options.add(new Option("format", text.sub(at, ++at)));
        case "header", "freeze" -> options.add(new Option(word, text.sub(++at, at)));
        case "using", "with" -> at++;
        case "force" -> {
          String name = negated ? "force_not_null" : "force_" + text.at(at + 1).value();
          int begin = at + (negated ? 3 : 2);
          at = listEnd(text, begin);
          options.add(new Option(name, text.sub(begin, at)));
        }
        default -> {
          at += text.has(at + 1, "as") ? 2 : 1;
          String name = word.equals("delimiters") ? "delimiter" : word;
          options.add(new Option(name, text.sub(at, Math.min(++at, text.size()))));
        }
      }
    }
    return options;
  }

  private static int listEnd(Phrase text, int begin) {
    int end = begin + 1;
    while (text.hasSymbol(end, ",")) {
      end += 2;
    }
    return Math.min(end, text.size());
  }

  /** Names in the column list. */
  public List<String> columnNames() {
    return columns.isEmpty()
        ? List.of()
        : columns.sub(1, columns.size() - 1).split(",").stream()
            .map(column -> column.first().value())
            .toList();
  }
}
