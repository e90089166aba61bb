package io.pgmesh.router.sql;

import io.pgmesh.contracts.plan.SqlText;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Puts together a server's text from parts of the client's and words of the mesh's own. */
public final class SqlWriter {
  private final StringBuilder text = new StringBuilder();
  private final List<SqlText.Segment> segments = new ArrayList<>();

  /** Adds words of the mesh's own. */
  public SqlWriter add(String made) {
    text.append(made);
    return this;
  }

  /** Copies a part of the client's text. */
  public SqlWriter copy(Phrase phrase) {
    return copy(phrase.sql(), phrase.start(), phrase.end());
  }

  public SqlWriter copy(String sql, int start, int end) {
    if (end > start) {
      segments.add(new SqlText.Segment(text.length(), start, end - start));
      text.append(sql, start, end);
    }
    return this;
  }

  /** Adds a text that was put together before. */
  public SqlWriter append(SqlText part) {
    for (SqlText.Segment segment : part.segments()) {
      segments.add(
          new SqlText.Segment(text.length() + segment.at(), segment.from(), segment.length()));
    }
    text.append(part.text());
    return this;
  }

  public SqlText build() {
    return new SqlText(text.toString(), segments);
  }

  /** The client's text with some phrases replaced, given by their place. */
  public static final class Replacing {
    private record Change(int end, String words) {}

    private final String sql;
    private final TreeMap<Integer, Change> changes = new TreeMap<>();

    public Replacing(String sql) {
      this.sql = sql;
    }

    public Replacing replace(Phrase phrase, String words) {
      return replace(phrase.start(), phrase.end(), words);
    }

    public Replacing replace(int start, int end, String words) {
      changes.merge(
          start, new Change(end, words), (old, now) -> new Change(now.end, old.words + now.words));
      return this;
    }

    /** Puts words before what stands at an offset. */
    public Replacing insert(int offset, String words) {
      changes.merge(
          offset,
          new Change(offset, words),
          (old, added) -> new Change(old.end, words + old.words));
      return this;
    }

    public String sql() {
      return sql;
    }

    public boolean isEmpty() {
      return changes.isEmpty();
    }

    /**
     * Makes the same changes in a text that this one is a part of.
     *
     * @param at where the part begins
     * @param quoted whether it stands in a string between single quotes, without escapes
     */
    public void writeTo(Replacing whole, int at, boolean quoted) {
      changes.forEach(
          (start, change) -> {
            String words = quoted ? change.words().replace("'", "''") : change.words();
            whole.replace(at + start, at + change.end(), words);
          });
    }

    public SqlText build() {
      return build(0, sql.length());
    }

    public SqlText build(int from, int to) {
      SqlWriter writer = new SqlWriter();
      int at = from;
      for (var entry : changes.subMap(from, true, to, true).entrySet()) {
        writer.copy(sql, at, entry.getKey()).add(entry.getValue().words());
        at = entry.getValue().end();
      }
      return writer.copy(sql, at, to).build();
    }
  }
}
