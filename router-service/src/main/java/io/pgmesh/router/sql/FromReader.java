package io.pgmesh.router.sql;

import io.pgmesh.router.sql.Query.Join;
import io.pgmesh.router.sql.Query.Join.Kind;
import io.pgmesh.router.sql.Query.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads what stands behind FROM. */
final class FromReader {
  private static final Set<String> JOIN_WORDS =
      Set.of("join", "inner", "left", "right", "full", "cross", "natural", "outer", "tablesample");

  private final Phrase text;
  private final Layout layout;
  private int at;

  private FromReader(Phrase text) {
    this.text = text;
    this.layout = new Layout(text);
  }

  static List<Source> read(Phrase text) {
    List<Source> sources = new ArrayList<>();
    for (Phrase part : new Layout(text).split(0, text.size())) {
      sources.add(whole(part));
    }
    return sources;
  }

  private static Source whole(Phrase part) {
    FromReader reader = new FromReader(part);
    Source source = reader.joined();
    if (reader.at < part.size()) {
      throw new NotUnderstood("this form of FROM");
    }
    return source;
  }

  private Source joined() {
    Source left = primary();
    while (atJoin()) {
      left = join(left);
    }
    return left;
  }

  private boolean atJoin() {
    return text.has(at, "join")
        || text.has(at, "inner", "join")
        || text.has(at, "cross", "join")
        || text.has(at, "natural")
        || atOuter();
  }

  private boolean atOuter() {
    boolean side = text.has(at, "left") || text.has(at, "right") || text.has(at, "full");
    return side && (text.has(at + 1, "join") || text.has(at + 1, "outer", "join"));
  }

  private Source join(Source left) {
    boolean natural = accept("natural");
    boolean cross = accept("cross");
    accept("inner");
    Kind kind =
        accept("left")
            ? Kind.LEFT
            : accept("right") ? Kind.RIGHT : accept("full") ? Kind.FULL : Kind.INNER;
    accept("outer");
    if (!accept("join")) {
      throw new NotUnderstood("this form of JOIN");
    }
    Source right = primary();
    Phrase none = text.sub(at, at);
    if (natural || cross) {
      return new Join(left, kind, right, none, List.of(), natural);
    }
    while (atJoin()) {
      right = join(right);
    }
    if (accept("on")) {
      int start = at;
      while (at < text.size() && !endsCondition()) {
        at++;
      }
      return new Join(left, kind, right, text.sub(start, at), List.of(), false);
    }
    if (accept("using") && text.hasSymbol(at, "(")) {
      return new Join(left, kind, right, none, using(), false);
    }
    throw new NotUnderstood("a JOIN without condition");
  }

  private boolean endsCondition() {
    return layout.outside(at)
        && !text.hasSymbol(at - 1, ".")
        && (atJoin() || text.has(at, "on") || text.has(at, "using"));
  }

  private List<String> using() {
    int end = text.behindBrackets(at);
    List<String> columns =
        text.sub(at + 1, end - 1).split(",").stream()
            .map(column -> column.first().value())
            .toList();
    at = end;
    if (text.has(at, "as")) {
      throw new NotUnderstood("USING with an alias");
    }
    return columns;
  }

  private Source primary() {
    boolean lateral = accept("lateral");
    if (text.hasSymbol(at, "(")) {
      return parenthesized(lateral);
    }
    if (accept("only") && text.hasSymbol(at, "(")) {
      return only();
    }
    boolean rows = text.has(at, "rows", "from");
    int length = rows ? 2 : text.nameLength(at);
    if (length == 0) {
      throw new NotUnderstood("this form of FROM");
    }
    Phrase name = text.sub(at, at + length);
    int start = at;
    at += length;
    if (text.hasSymbol(at, "(")) {
      at = text.behindBrackets(at);
      if (text.has(at, "with", "ordinality")) {
        at += 2;
      }
      Phrase call = text.sub(start, at);
      return new Query.Function(call, alias(name.last().value()).name);
    }
    return table(name);
  }

  /** {@code ONLY (table)}. */
  private Source only() {
    int end = text.behindBrackets(at);
    Phrase name = text.sub(at + 1, end - 1);
    if (name.isEmpty() || name.nameLength(0) != name.size()) {
      throw new NotUnderstood("this form of FROM");
    }
    at = end;
    return table(name);
  }

  private Source table(Phrase name) {
    Alias alias = alias(name.last().value());
    return new Query.Table(name, alias.name, alias.written, alias.columns, sample());
  }

  private Source parenthesized(boolean lateral) {
    int end = text.behindBrackets(at);
    Phrase inside = text.sub(at + 1, end - 1);
    boolean query = QueryReader.opensQuery(text, at);
    at = end;
    if (query) {
      return new Query.Derived(QueryReader.read(inside), lateral, alias("").name);
    }
    Source source = whole(inside);
    if (alias("").written) {
      throw new NotUnderstood("an alias of a JOIN");
    }
    return source;
  }

  private Phrase sample() {
    int start = at;
    if (accept("tablesample")) {
      at = text.behindBrackets(at + text.nameLength(at));
      if (text.has(at, "repeatable")) {
        at = text.behindBrackets(at + 1);
      }
    }
    return text.sub(start, at);
  }

  private record Alias(String name, boolean written, boolean columns) {}

  private Alias alias(String otherwise) {
    boolean as = accept("as");
    boolean name = at < text.size() && text.at(at).isIdentifier() && (as || mayBeAlias());
    String alias = name ? text.at(at++).value() : otherwise;
    boolean columns = (as || name) && text.hasSymbol(at, "(");
    if (columns) {
      at = text.behindBrackets(at);
    }
    return new Alias(alias, as || name, columns);
  }

  private boolean mayBeAlias() {
    Token token = text.at(at);
    return token.kind() == Token.Kind.QUOTED_IDENTIFIER
        || !Keywords.isReserved(token) && !JOIN_WORDS.contains(token.value());
  }

  private boolean accept(String word) {
    if (text.has(at, word)) {
      at++;
      return true;
    }
    return false;
  }
}
