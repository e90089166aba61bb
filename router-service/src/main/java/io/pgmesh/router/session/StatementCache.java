package io.pgmesh.router.session;

import io.pgmesh.router.sql.Lexer;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.StatementShape;
import java.util.List;
import java.util.Optional;

/**
 * The statements that a session used last. What is known of one serves all that differ from it in
 * constants only, so that a client that writes constants into its texts pays for reading, looking
 * up and planning once.
 */
final class StatementCache {
  private static final int MAX_STATEMENTS = 64;
  private static final int MAX_TEXT_CHARACTERS = 2 * 1024;

  private final SqlReader reader;
  private final Newest<Key, Prepared> byText = new Newest<>(MAX_STATEMENTS);
  private final Newest<Key, Prepared.Like> byShape = new Newest<>(MAX_STATEMENTS);

  private record Key(String text, List<Long> types) {}

  StatementCache(SqlReader reader) {
    this.reader = reader;
  }

  /**
   * The statement of a text.
   *
   * @param types declared parameter types
   * @throws io.pgmesh.contracts.error.SqlError 42601 where a string or comment does not end
   */
  Prepared get(String sql, List<Long> types) {
    if (sql.length() > MAX_TEXT_CHARACTERS) {
      return new Prepared(read(sql), types, new Prepared.Like(), reader);
    }
    var key = new Key(sql, types);
    return byText.get(key).orElseGet(() -> make(key));
  }

  private Prepared make(Key key) {
    Phrase text = read(key.text);
    var shape = new Key(StatementShape.of(text), key.types);
    Optional<Prepared.Like> like = byShape.get(shape);
    if (like.isPresent()) { // ever-changing texts would drive out those that come again
      return new Prepared(text, key.types, like.get(), reader);
    }
    var statement = new Prepared(text, key.types, new Prepared.Like(), reader);
    byShape.put(shape, statement.like());
    byText.put(key, statement);
    return statement;
  }

  private static Phrase read(String sql) {
    return Phrase.of(sql, Lexer.tokens(sql));
  }
}
