package io.pgmesh.router.session;

import io.pgmesh.router.sql.Lexer;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.StatementShape;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The statements that a session used last. What is known of one serves all that differ from it in
 * constants only, so that a client that writes constants into its texts pays for reading, looking
 * up and planning once.
 */
final class StatementCache {
  private static final int MAX_STATEMENTS = 256;
  private static final int MAX_TEXT_CHARACTERS = 2 * 1024;

  private final SqlReader reader;
  private final CacheSpace space;
  private Map<Key, Kept> byText = Map.of(); // idle sessions hold no table
  private Map<Key, Kept> byShape = Map.of(); // the one used last at the end

  private record Key(String text, List<Long> types) {}

  /** A statement that is kept, under its own text and under its shape. */
  static final class Kept {
    private final StatementCache cache;
    private final Key text;
    private final Key shape;
    private final Prepared statement;

    private Kept(StatementCache cache, Key text, Key shape, Prepared statement) {
      this.cache = cache;
      this.text = text;
      this.shape = shape;
      this.statement = statement;
    }

    long heldBytes() {
      return statement.heldBytes() + 2L * shape.text.length();
    }

    /** The space is needed: its session forgets it. */
    void drop() {
      cache.byText.remove(text);
      cache.byShape.remove(shape);
    }
  }

  StatementCache(SqlReader reader, CacheSpace space) {
    this.reader = reader;
    this.space = space;
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
    Kept known = byText.get(key);
    if (known == null) {
      return make(key);
    }
    used(known);
    return known.statement;
  }

  private Prepared make(Key key) {
    Phrase text = read(key.text);
    if (text.starts("execute")) { // ever-changing; what it runs is kept under its name
      return new Prepared(text, key.types, new Prepared.Like(), reader);
    }
    var shape = new Key(StatementShape.of(text), key.types);
    Kept alike = byShape.get(shape);
    if (alike != null) { // ever-changing texts would drive out those that come again
      space.used(alike);
      return new Prepared(text, key.types, alike.statement.like(), reader);
    }
    var kept =
        new Kept(this, key, shape, new Prepared(text, key.types, new Prepared.Like(), reader));
    keep(kept);
    return kept.statement;
  }

  private void keep(Kept kept) {
    if (byText.isEmpty()) {
      byText = new HashMap<>();
      byShape = new LinkedHashMap<>(16, 0.75f, true);
    }
    byText.put(kept.text, kept);
    byShape.put(kept.shape, kept);
    kept.statement.like().kept(kept);
    space.add(kept);
    if (byShape.size() > MAX_STATEMENTS) {
      Kept eldest = byShape.values().iterator().next();
      eldest.drop();
      space.remove(eldest);
    }
  }

  private void used(Kept kept) {
    byShape.get(kept.shape); // now the one used last
    space.used(kept);
  }

  /** More may be known of a statement than before. */
  void grown(Prepared statement) {
    statement.like().kept().ifPresent(space::weigh);
  }

  /** The session is over. */
  void clear() {
    byShape.values().forEach(space::remove);
    byText = Map.of();
    byShape = Map.of();
  }

  private static Phrase read(String sql) {
    return Phrase.of(sql, Lexer.tokens(sql));
  }
}
