package io.pgmesh.router.sql;

import java.util.List;

/**
 * One statement as far as it can be understood without a catalog; immutable, cached by its text.
 *
 * @param sql the client's text of this statement alone, without the closing semicolon
 * @param statement what it is
 * @param relations table names as written, in order of appearance, without repeats
 * @param functions names of called functions, folded as PostgreSQL does, without schema, without
 *     repeats
 */
public record ParsedStatement(
    String sql, Statement statement, List<String> relations, List<String> functions) {
  public ParsedStatement {
    relations = List.copyOf(relations);
    functions = List.copyOf(functions);
  }
}
