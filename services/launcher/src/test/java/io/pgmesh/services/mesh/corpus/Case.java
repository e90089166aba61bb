package io.pgmesh.services.mesh.corpus;

import java.util.List;
import java.util.Set;

/**
 * One paragraph of a corpus file: a statement, or several for the simple protocol.
 *
 * @param line where its text begins, for reports
 * @param arguments rows of parameter values; one empty row where there is no {@code -- params}
 * @param error the SQLSTATE that plain PostgreSQL must answer, empty for success
 * @param refused the SQLSTATE with which the mesh must refuse what PostgreSQL does or refuses
 *     otherwise; empty where both answer alike
 * @param fetch row limit of the portal, 0 for none
 * @param copyLines what COPY FROM STDIN reads
 */
record Case(
    String file,
    int line,
    String sql,
    Set<Flag> flags,
    List<List<String>> arguments,
    String error,
    String refused,
    int fetch,
    List<String> copyLines) {

  enum Flag {
    /** Runs on the mesh alone and must succeed: the calls that distribute tables. */
    MESH,
    /** Runs on plain PostgreSQL alone: what stands for a mesh-only statement. */
    PLAIN,
    /** Rows may come in any order though the text looks ordered. */
    UNORDERED,
    /** Rows come in a fixed order though no top-level ORDER BY shows it. */
    ORDERED,
    SIMPLE_ONLY,
    EXTENDED_ONLY,
    /** Values differ from run to run: only columns, types and tags are compared. */
    VOLATILE,
    /** Only the SQLSTATE of the error is compared, not its texts. */
    STATE_ONLY
  }

  boolean has(Flag flag) {
    return flags.contains(flag);
  }

  boolean hasParameters() {
    return !arguments.getFirst().isEmpty();
  }

  /** Whether the rows have an order: an ORDER BY outside of all parentheses, or a flag. */
  boolean ordered() {
    if (has(Flag.ORDERED) || has(Flag.UNORDERED)) {
      return has(Flag.ORDERED);
    }
    return OrderBy.atTopLevel(sql);
  }

  String place() {
    return file + ":" + line;
  }
}
