package io.pgmesh.router.sql;

import io.pgmesh.router.sql.Query.Block;
import io.pgmesh.router.sql.Query.Body;
import io.pgmesh.router.sql.Query.CommonTable;
import io.pgmesh.router.sql.Query.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads the clauses of a query that PostgreSQL has accepted. Its reserved words tell clauses apart
 * without reading expressions.
 */
public final class QueryReader {
  private static final Set<String> OPERATIONS = Set.of("union", "intersect", "except");

  /** Reading goes as deep as the text: well below the depth for which a thread has room. */
  private static final int MAX_DEPTH = 200;

  private QueryReader() {}

  /**
   * @throws NotUnderstood for a form that is not read here
   */
  public static Query read(Phrase text) {
    if (text.queryDepth() > MAX_DEPTH) {
      throw new NotUnderstood("a query of so many subqueries in one another");
    }
    List<CommonTable> with = new ArrayList<>();
    int at = text.starts("with") ? readWith(text, with) : 0;
    Phrase rest = text.skip(at);
    Layout layout = new Layout(rest);
    int tail = tailStart(rest, layout);
    return new Query(text, with, body(rest.sub(0, tail)), TailReader.read(rest.skip(tail)));
  }

  private static int readWith(Phrase text, List<CommonTable> with) {
    int at = text.has(1, "recursive") ? 2 : 1;
    while (true) {
      String name = text.at(at).value();
      at++;
      if (text.hasSymbol(at, "(")) {
        at = text.behindBrackets(at);
      }
      at = text.has(at, "as", "not", "materialized") ? at + 3 : at + 1;
      at = text.has(at, "materialized") ? at + 1 : at;
      int end = text.behindBrackets(at);
      if (!text.hasSymbol(at, "(") || end > text.size() - 1) {
        throw new NotUnderstood("this form of WITH");
      }
      with.add(new CommonTable(name, read(text.sub(at + 1, end - 1))));
      at = end;
      if (!text.hasSymbol(at, ",")) {
        return at;
      }
      at++;
    }
  }

  private static int tailStart(Phrase rest, Layout layout) {
    for (int i = layout.next(0); i < rest.size(); i = layout.next(i + 1)) {
      if (layout.has(i, "order", "by")
          || layout.has(i, "limit")
          || layout.has(i, "offset")
          || layout.has(i, "fetch")
          || layout.has(i, "for")) {
        return i;
      }
    }
    return rest.size();
  }

  private static Body body(Phrase text) {
    Layout layout = new Layout(text);
    List<Body> operands = new ArrayList<>();
    int begin = 0;
    for (int i = layout.next(0); i < text.size(); i = layout.next(i + 1)) {
      if (OPERATIONS.contains(text.at(i).value()) && layout.has(i, text.at(i).value())) {
        operands.add(operand(text.sub(begin, i)));
        begin = text.has(i + 1, "all") || text.has(i + 1, "distinct") ? i + 2 : i + 1;
      }
    }
    operands.add(operand(text.skip(begin)));
    return operands.size() == 1 ? operands.getFirst() : new Query.Operation(operands);
  }

  private static Body operand(Phrase text) {
    if (text.starts("select")) {
      return block(text);
    }
    if (text.starts("values")) {
      return new Query.Values(text.skip(1));
    }
    if (text.hasSymbol(0, "(") && text.behindBrackets(0) == text.size()) {
      return new Query.Nested(read(text.sub(1, text.size() - 1)));
    }
    throw new NotUnderstood(text.starts("table") ? "TABLE" : "this form of query");
  }

  private static Block block(Phrase text) {
    Layout layout = new Layout(text);
    int listStart = SelectLists.begin(text);
    int end = text.size();
    int window = orElse(layout.find(listStart, "window"), end);
    int having = orElse(layout.find(listStart, "having"), window);
    int group = orElse(layout.find(listStart, "group", "by"), having);
    int where = orElse(layout.find(listStart, "where"), group);
    int from = SelectLists.end(text, layout);
    if (layout.find(listStart, "into") >= 0) {
      throw new NotUnderstood("SELECT INTO");
    }
    if (from > where || where > group || group > having || having > window) {
      throw new NotUnderstood("this order of clauses");
    }
    Phrase fromText = text.sub(Math.min(from + 1, where), where);
    return new Block(
        text,
        text.has(1, "distinct") ? text.sub(1, listStart) : text.sub(listStart, listStart),
        SelectLists.items(text, layout),
        fromText.isEmpty() ? List.<Source>of() : FromReader.read(fromText),
        fromText,
        text.sub(Math.min(where + 1, group), group),
        layout.split(Math.min(group + 2, having), having),
        text.sub(Math.min(having + 1, window), window),
        text.sub(Math.min(window + 1, end), end));
  }

  private static int orElse(int found, int other) {
    return found < 0 ? other : found;
  }

  /** Whether an opening parenthesis at an index encloses a query. */
  static boolean opensQuery(Phrase text, int index) {
    int at = index;
    while (text.hasSymbol(at, "(")) {
      at++;
    }
    return at > index
        && at < text.size()
        && text.at(at).kind() == Token.Kind.WORD
        && Tokens.QUERY_WORDS.contains(text.at(at).value());
  }

  /**
   * The queries that stand in an expression.
   *
   * @throws NotUnderstood where one is in a form that is not read here
   */
  public static List<Query> subqueries(Phrase expression) {
    List<Query> queries = new ArrayList<>();
    int i = 0;
    while (i < expression.size()) {
      boolean query =
          expression.hasSymbol(i, "(")
              && i + 1 < expression.size()
              && expression.at(i + 1).kind() == Token.Kind.WORD
              && Tokens.QUERY_WORDS.contains(expression.at(i + 1).value());
      if (query) {
        int end = expression.behindBrackets(i);
        queries.add(read(expression.sub(i + 1, end - 1)));
        i = end;
        continue;
      }
      Token token = expression.at(i);
      boolean misplaced =
          token.is("select")
              || token.kind() == Token.Kind.WORD && OPERATIONS.contains(token.value());
      if (misplaced && !expression.hasSymbol(i - 1, ".") && !expression.has(i - 1, "as")) {
        throw new NotUnderstood("this form of subquery");
      }
      i++;
    }
    return queries;
  }
}
