package io.pgmesh.contracts.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * SQL for a server, with where its parts stood in the client's text.
 *
 * @param segments the parts copied from the client's text, in order; what lies between them was
 *     added by the planner
 */
public record SqlText(String text, List<Segment> segments) {

  /**
   * A copied part; offsets in characters from 0.
   *
   * @param at offset in {@link SqlText#text}
   * @param from offset in the client's text
   */
  public record Segment(int at, int from, int length) {
    private int end() {
      return at + length;
    }
  }

  public SqlText {
    segments = List.copyOf(segments);
  }

  /** A text that the mesh made: no position in it means anything to the client. */
  public static SqlText made(String text) {
    return new SqlText(text, List.of());
  }

  /** The client's own text, unchanged. */
  public static SqlText unchanged(String text) {
    return new SqlText(text, List.of(new Segment(0, 0, text.length())));
  }

  /** The same between words of the mesh's own. */
  public SqlText within(String before, String after) {
    return new SqlText(
        before + text + after,
        segments.stream()
            .map(part -> new Segment(part.at + before.length(), part.from, part.length))
            .toList());
  }

  /**
   * This text, copied from another server's text, with where its parts stood in the client's.
   *
   * @param source the text that the segments of this one refer to
   */
  public SqlText copiedFrom(SqlText source) {
    List<Segment> found = new ArrayList<>();
    int first = 0;
    for (Segment mine : segments) {
      int end = mine.from + mine.length;
      while (first < source.segments.size() && source.segments.get(first).end() <= mine.from) {
        first++;
      }
      for (int i = first; i < source.segments.size() && source.segments.get(i).at < end; i++) {
        Segment its = source.segments.get(i);
        int low = Math.max(mine.from, its.at);
        int length = Math.min(end, its.end()) - low;
        found.add(new Segment(mine.at + low - mine.from, its.from + low - its.at, length));
      }
    }
    return new SqlText(text, found);
  }

  /**
   * Where a position of this text stands in the client's.
   *
   * @param position 1-based, in characters, as in an ErrorResponse
   * @return 1-based; the start of the nearest copied part when the planner added that place; 0 when
   *     nothing was copied
   */
  public int originalPosition(int position) {
    int offset = position - 1;
    int nearest = 0;
    for (Segment segment : segments) {
      if (offset >= segment.at && offset < segment.at + segment.length) {
        return segment.from + (offset - segment.at) + 1;
      }
      if (segment.at <= offset) {
        nearest = segment.from + segment.length + 1;
      }
    }
    return nearest;
  }
}
