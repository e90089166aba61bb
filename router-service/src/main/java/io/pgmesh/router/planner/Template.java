package io.pgmesh.router.planner;

import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SqlWriter;
import java.util.ArrayList;
import java.util.List;

/** A text of the mesh's own words and parts of the client's; names of tables are put in later. */
final class Template {
  private sealed interface Piece {
    record Made(String words) implements Piece {}

    record Copied(Phrase part) implements Piece {}
  }

  private final List<Piece> pieces = new ArrayList<>();

  Template add(String made) {
    pieces.add(new Piece.Made(made));
    return this;
  }

  Template copy(Phrase part) {
    pieces.add(new Piece.Copied(part));
    return this;
  }

  Template add(Template other) {
    pieces.addAll(other.pieces);
    return this;
  }

  boolean isEmpty() {
    return pieces.isEmpty();
  }

  void write(ShardText names, SqlWriter out) {
    for (Piece piece : pieces) {
      switch (piece) {
        case Piece.Made(var words) -> out.add(words);
        case Piece.Copied(var part) -> names.copy(part, out);
      }
    }
  }

  /** The text with the client's own names. */
  io.pgmesh.contracts.plan.SqlText unchanged() {
    SqlWriter out = new SqlWriter();
    write(ShardText.unchanged(), out);
    return out.build();
  }
}
