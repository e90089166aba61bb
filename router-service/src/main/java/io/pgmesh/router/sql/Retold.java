package io.pgmesh.router.sql;

import io.pgmesh.contracts.plan.SqlText;
import java.util.List;

/**
 * Parts of one text found again in another that has the same tokens but for the values of some
 * constants.
 */
public final class Retold {
  private final List<Token> before;
  private final int lengthBefore;
  private final Phrase after;

  /**
   * @param before any part of the one text
   * @param after the whole of the other
   */
  public Retold(Phrase before, Phrase after) {
    this.before = before.tokens();
    this.lengthBefore = before.sql().length();
    this.after = after;
    if (this.before.size() != after.tokens().size()) {
      throw new IllegalArgumentException("texts of different shapes");
    }
  }

  /** The same tokens in the other text. */
  public Phrase phrase(Phrase part) {
    return new Phrase(after.sql(), after.tokens(), part.from(), part.to());
  }

  /** The same server's text with the other's constants. */
  public SqlText text(SqlText text) {
    SqlWriter writer = new SqlWriter();
    int at = 0;
    for (SqlText.Segment segment : text.segments()) {
      writer.add(text.text().substring(at, segment.at()));
      writer.copy(after.sql(), offset(segment.from()), offset(segment.from() + segment.length()));
      at = segment.at() + segment.length();
    }
    return writer.add(text.text().substring(at)).build();
  }

  /** Copied parts begin and end at an edge of a token or of the text. */
  private int offset(int offset) {
    int low = 0;
    int high = before.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Token token = before.get(middle);
      if (token.start() == offset) {
        return after.tokens().get(middle).start();
      }
      if (token.end() == offset) {
        return after.tokens().get(middle).end();
      }
      if (token.end() < offset) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    if (offset == 0 || offset == lengthBefore) {
      return offset == 0 ? 0 : after.sql().length();
    }
    throw new IllegalStateException("offset " + offset + " is inside a token");
  }
}
