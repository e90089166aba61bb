package io.pgmesh.replication.change;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgmesh.contracts.replica.RowChange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Puts the pieces of one transaction together again, row by row. */
public final class PieceReader {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String run;
  private final long position;
  private final ByteArrayOutputStream unfinished = new ByteArrayOutputStream();
  private int nextIndex;

  /** Reads the transaction that begins with {@code first}; that piece is not read yet. */
  public PieceReader(Piece first) {
    this.run = first.run();
    this.position = first.position();
  }

  /** Of the transaction. */
  public long position() {
    return position;
  }

  /** Whether this piece is the next one of the transaction. */
  public boolean accepts(Piece piece) {
    return piece.run().equals(run) && piece.position() == position && piece.index() == nextIndex;
  }

  /** The rows that end in this piece. */
  public List<RowChange> read(Piece piece) {
    nextIndex++;
    var rows = new ArrayList<RowChange>();
    byte[] body = piece.body();
    int from = 0;
    for (int at = 0; at < body.length; at++) {
      if (body[at] == '\n') {
        unfinished.write(body, from, at - from);
        rows.add(row(unfinished.toByteArray()));
        unfinished.reset();
        from = at + 1;
      }
    }
    unfinished.write(body, from, body.length - from);
    if (piece.last() && unfinished.size() > 0) {
      throw new IllegalStateException("transaction " + position + " ends inside a row");
    }
    return rows;
  }

  private RowChange row(byte[] line) {
    try {
      return JSON.readValue(line, RowChange.class);
    } catch (IOException e) {
      throw new IllegalStateException("transaction " + position + " has an unreadable row", e);
    }
  }
}
