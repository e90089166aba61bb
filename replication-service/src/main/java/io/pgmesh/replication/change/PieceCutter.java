package io.pgmesh.replication.change;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgmesh.contracts.replica.RowChange;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts one transaction into {@link Piece}s, holding no more than one piece and one row. A cut falls
 * between rows unless a single row is larger than a piece.
 */
public final class PieceCutter {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String run;
  private final long position;
  private final long previous;
  private final Carried carried;
  private final int maxBytes;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private int index;

  /**
   * @param maxBytes of one piece's body
   */
  public PieceCutter(String run, long position, long previous, Carried carried, int maxBytes) {
    this.run = run;
    this.position = position;
    this.previous = previous;
    this.carried = carried;
    this.maxBytes = maxBytes;
  }

  public long position() {
    return position;
  }

  /** Adds a row; answers the pieces that are full. */
  public List<Piece> add(RowChange change) {
    byte[] line = line(change);
    var full = new ArrayList<Piece>();
    if (body.size() > 0 && body.size() + line.length > maxBytes) {
      full.add(cut(false));
    }
    int from = 0;
    while (line.length - from > maxBytes) {
      body.write(line, from, maxBytes);
      full.add(cut(false));
      from += maxBytes;
    }
    body.write(line, from, line.length - from);
    return full;
  }

  /** The last piece, which may be empty. */
  public Piece finish() {
    return cut(true);
  }

  private Piece cut(boolean last) {
    var piece = new Piece(run, position, previous, carried, index++, last, body.toByteArray());
    body.reset();
    return piece;
  }

  private static byte[] line(RowChange change) {
    try {
      byte[] json = JSON.writeValueAsBytes(change);
      byte[] line = java.util.Arrays.copyOf(json, json.length + 1);
      line[json.length] = '\n';
      return line;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a row change is always writable", e);
    }
  }
}
