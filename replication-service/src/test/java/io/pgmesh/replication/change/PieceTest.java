package io.pgmesh.replication.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.contracts.replica.RowChange;
import io.pgmesh.contracts.replica.RowChange.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PieceTest {
  private static final List<RowChange> ROWS =
      IntStream.range(0, 40)
          .mapToObj(
              i ->
                  new RowChange(
                      16400 + i % 3,
                      "public",
                      "odd \"table\"\n",
                      Operation.values()[i % 4],
                      List.of("a", "ü"),
                      "(" + "é😀\n\\\"".repeat(i) + ",)",
                      i % 2 == 0 ? "" : "(,)"))
          .toList();

  private static List<Piece> cut(int maxBytes) {
    var cutter = new PieceCutter("run", 7, 6, Carried.NOWHERE, maxBytes);
    var pieces = new ArrayList<Piece>();
    ROWS.forEach(row -> pieces.addAll(cutter.add(row)));
    pieces.add(cutter.finish());
    return pieces;
  }

  @Test
  void a_transaction_comes_out_of_pieces_of_any_size_as_it_went_in() {
    for (int maxBytes = 1; maxBytes < 3000; maxBytes = maxBytes * 3 / 2 + 1) {
      var pieces = cut(maxBytes);
      int limit = maxBytes;
      assertThat(pieces).allMatch(piece -> piece.body().length <= limit);
      var reader = new PieceReader(pieces.getFirst());
      var rows = new ArrayList<RowChange>();
      for (Piece piece : pieces) {
        assertThat(reader.accepts(piece)).isTrue();
        rows.addAll(reader.read(piece));
        assertThat(reader.accepts(piece)).as("the same piece again").isFalse();
      }
      assertThat(rows).isEqualTo(ROWS);
    }
  }

  @Test
  void cuts_fall_between_rows_that_fit() {
    assertThat(cut(2000)).allMatch(piece -> piece.body()[piece.body().length - 1] == '\n');
  }

  @Test
  void pieces_of_another_run_are_not_accepted() {
    var first = cut(500).getFirst();
    var other = new Piece("other", 7, 6, Carried.NOWHERE, 0, false, first.body());
    assertThat(new PieceReader(first).accepts(other)).isFalse();
  }

  @Test
  void a_transaction_that_ends_inside_a_row_is_refused() {
    var piece = new Piece("run", 7, 6, Carried.NOWHERE, 0, true, new byte[] {'{'});
    assertThatThrownBy(() -> new PieceReader(piece).read(piece)).hasMessageContaining("7");
  }
}
