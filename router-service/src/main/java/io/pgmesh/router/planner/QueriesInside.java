package io.pgmesh.router.planner;

import io.pgmesh.router.sql.NotUnderstood;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Query;
import io.pgmesh.router.sql.QueryReader;
import java.util.ArrayList;
import java.util.List;

/** The outermost queries of a query, INSERT, UPDATE or DELETE. */
final class QueriesInside {
  private QueriesInside() {}

  /**
   * @throws NotUnderstood for a form of query that is not read
   */
  static List<Query> of(Phrase text) {
    int start = start(text);
    List<Query> queries = new ArrayList<>(QueryReader.subqueries(text.sub(0, start)));
    if (start < text.size()) {
      queries.add(QueryReader.read(text.skip(start)));
    }
    return queries;
  }

  /** Where the query begins that the statement ends with; its end if it ends otherwise. */
  private static int start(Phrase text) {
    int select = text.find(0, "select");
    if (text.starts("with")) {
      int insert = text.find(0, "insert");
      boolean whole = select >= 0 && (insert < 0 || select < insert);
      return whole ? 0 : orEnd(select, text);
    }
    if (text.starts("insert")) {
      int with = text.find(1, "with");
      return orEnd(with >= 0 && (select < 0 || with < select) ? with : select, text);
    }
    return text.starts("select") || text.hasSymbol(0, "(") || text.starts("table")
        ? 0
        : text.size();
  }

  private static int orEnd(int found, Phrase text) {
    return found < 0 ? text.size() : found;
  }
}
