package io.pgmesh.router.session;

import io.pgmesh.router.sql.ParsedStatement;
import java.util.List;

/** How a session gets from text to statements. */
public interface SqlReader {

  /**
   * One statement of a text that may hold several.
   *
   * @param offset where it starts in the whole text, in characters
   */
  record Piece(int offset, String sql) {}

  /** The statements of a text, without closing semicolons and without empty ones. */
  List<Piece> split(String sql);

  /**
   * Reads one statement.
   *
   * @throws io.pgmesh.contracts.error.SqlError 42601 and others, as PostgreSQL
   */
  ParsedStatement parse(String sql);
}
