package io.pgmesh.router.app;

import io.pgmesh.router.session.SqlReader;
import io.pgmesh.router.sql.ParsedStatement;
import io.pgmesh.router.sql.StatementReader;
import io.pgmesh.router.sql.StatementSplitter;
import java.util.List;

/** The reader of SQL as sessions use it. */
public final class TextReader implements SqlReader {
  @Override
  public List<Piece> split(String sql) {
    return StatementSplitter.split(sql).stream()
        .map(piece -> new Piece(piece.offset(), piece.sql()))
        .toList();
  }

  @Override
  public ParsedStatement parse(String sql) {
    return StatementReader.read(sql);
  }
}
