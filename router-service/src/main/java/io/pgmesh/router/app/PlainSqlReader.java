package io.pgmesh.router.app;

import io.pgmesh.router.session.SqlReader;
import io.pgmesh.router.sql.ParsedStatement;
import io.pgmesh.router.sql.Statement;
import java.util.List;

/** Takes every text as one statement and understands nothing of it. */
final class PlainSqlReader implements SqlReader {
  @Override
  public List<Piece> split(String sql) {
    String text = sql.strip();
    while (text.endsWith(";")) {
      text = text.substring(0, text.length() - 1).strip();
    }
    return text.isEmpty() ? List.of() : List.of(new Piece(sql.indexOf(text), text));
  }

  @Override
  public ParsedStatement parse(String sql) {
    return new ParsedStatement(sql, new Statement.Empty(), List.of(), List.of());
  }
}
