package io.pgmesh.router.app;

import io.pgmesh.router.session.SqlReader;
import io.pgmesh.router.sql.ParsedStatement;
import io.pgmesh.router.sql.Statement;
import io.pgmesh.router.sql.StatementSplitter;
import java.util.List;

/** Cuts a text into statements and understands nothing of them. */
final class PlainSqlReader implements SqlReader {
  @Override
  public List<Piece> split(String sql) {
    return StatementSplitter.split(sql).stream()
        .map(piece -> new Piece(piece.offset(), piece.sql()))
        .toList();
  }

  @Override
  public ParsedStatement parse(String sql) {
    return new ParsedStatement(sql, new Statement.Empty(), List.of(), List.of());
  }
}
