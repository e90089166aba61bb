package io.pgmesh.router.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlState;
import org.junit.jupiter.api.Test;

class OwnFramesTest {
  private static final String OWN =
      """
      PL/pgSQL function pgmesh.check_all(oid) line 3 at RAISE
      SQL statement "SELECT pgmesh.check_all(relation),
        'PL/pgSQL function of nobody'"
      PL/pgSQL function create_distributed_table(regclass,text,citus.distribution_type) line 9 at PERFORM""";

  @Test
  void own_frames_go_with_the_statements_that_they_run() {
    assertThat(where(OWN)).isNull();
    assertThat(where("SQL function \"citus_add_node\" statement 1")).isNull();
    assertThat(where("PL/pgSQL function pg_catalog.citus_add_node(text) line 1 at IF")).isNull();
  }

  @Test
  void users_frames_stay_inside_and_outside() {
    String inner = "PL/pgSQL function app.fill() line 2 at RAISE";
    String outer =
        "SQL statement \"SELECT create_distributed_table('t', 'k')\"\n"
            + "PL/pgSQL function \"Make it\"(integer) line 4 at PERFORM\n"
            + "SQL statement \"SELECT 1\"\n"
            + "PL/pgSQL function inline_code_block line 1 at PERFORM";
    assertThat(where(inner + "\nSQL statement \"SELECT app.fill()\"\n" + OWN + "\n" + outer))
        .isEqualTo(inner + "\n" + outer);
    assertThat(where(outer)).isEqualTo(outer);
    String alike = "PL/pgSQL function app.create_distributed_table(text) line 1 at RAISE";
    assertThat(where(alike)).isEqualTo(alike);
  }

  @Test
  void the_query_inside_goes_with_its_frame_only() {
    var error =
        ErrorFields.error(SqlState.UNDEFINED_TABLE, "x").with(ErrorFields.INTERNAL_QUERY, "SELECT");
    assertThat(
            OwnFrames.without(error.with(ErrorFields.WHERE, OWN)).get(ErrorFields.INTERNAL_QUERY))
        .isNull();
    var ofUser = error.with(ErrorFields.WHERE, "PL/pgSQL function f() line 1 at PERFORM\n" + OWN);
    assertThat(OwnFrames.without(ofUser).get(ErrorFields.INTERNAL_QUERY)).isEqualTo("SELECT");
  }

  private static String where(String context) {
    return OwnFrames.without(
            ErrorFields.error(SqlState.INTERNAL_ERROR, "x").with(ErrorFields.WHERE, context))
        .get(ErrorFields.WHERE);
  }
}
