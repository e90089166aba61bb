package io.pgmesh.contracts.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SqlTextTest {
  // client: "select x from t where y"  worker: "select x from t_1 AS t where y"
  private final SqlText text =
      new SqlText(
          "select x from t_1 AS t where y",
          List.of(new SqlText.Segment(0, 0, 14), new SqlText.Segment(22, 15, 8)));

  @Test
  void a_position_in_a_copied_part_moves_with_it() {
    assertThat(text.originalPosition(8)).isEqualTo(8);
    assertThat(text.originalPosition(text.text().indexOf("y") + 1)).isEqualTo(23);
  }

  @Test
  void a_position_in_an_added_part_is_where_it_was_added() {
    assertThat(text.originalPosition(16)).isEqualTo(15);
  }

  @Test
  void a_copy_of_a_copy_knows_the_client_s_places() {
    // "select T x from t_1 AS t2 where y": of the second copy "select", " x … t", " where y"
    String twice = "select T x from t_1 AS t2 where y";
    var copy =
        new SqlText(
                twice,
                List.of(
                    new SqlText.Segment(0, 0, 6),
                    new SqlText.Segment(8, 6, 18),
                    new SqlText.Segment(twice.indexOf(" where"), 24, 6)))
            .copiedFrom(text);
    assertThat(copy.text()).isEqualTo(twice);
    assertThat(copy.segments())
        .containsExactly(
            new SqlText.Segment(0, 0, 6),
            new SqlText.Segment(8, 6, 8),
            new SqlText.Segment(24, 15, 2),
            new SqlText.Segment(25, 17, 6));
  }

  @Test
  void a_text_of_the_meshs_own_has_no_positions() {
    assertThat(SqlText.made("select 1").originalPosition(3)).isZero();
  }
}
