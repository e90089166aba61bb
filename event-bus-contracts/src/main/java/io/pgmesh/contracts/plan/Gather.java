package io.pgmesh.contracts.plan;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/** How the answers of several tasks become one. */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME)
public sealed interface Gather {

  /** Rows of all tasks in any order; row counts of their command tags are added. */
  record Concat() implements Gather {}

  /**
   * Rows of all tasks in an order of their own, each task's in the order in which it gives them.
   *
   * @param turns index of the task that each row comes from; empty where all rows of a task come
   *     before those of the next
   */
  record InTurns(List<Integer> turns) implements Gather {
    public InTurns {
      turns = List.copyOf(turns);
    }
  }

  /**
   * {@code COPY … TO STDOUT} of every task; they become one stream with the rows in any order.
   *
   * @param header whether each stream begins with a line of names, which the client gets once
   */
  record CopyOut(boolean header) implements Gather {}

  /**
   * The tasks' rows become a temporary table in the coordinator database, over which a last query
   * runs; so sorting, collation, arithmetic and formatting are PostgreSQL's own.
   *
   * @param shape a query that the coordinator database accepts on its shell tables and that has the
   *     tasks' columns, names and types; never run for its rows; may use the client's parameters
   * @param finish the last query; reads the tasks' rows as {@code pgmesh_partial}; may use the
   *     client's parameters
   */
  record Combine(SqlText shape, SqlText finish) implements Gather {
    /** The name under which {@link #finish} reads the tasks' rows. */
    public static final String PARTIAL = "pgmesh_partial";
  }
}
