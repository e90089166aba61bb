package io.pgmesh.contracts.replica;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * One changed row of a reference table, or its truncation.
 *
 * @param relation oid of the primary copy in the coordinator database
 * @param columns the live columns when the row changed, in the order of the images' fields
 * @param oldRow the row before in PostgreSQL's text form of a composite value, empty when there is
 *     none
 * @param newRow the row after, empty when there is none
 */
public record RowChange(
    long relation,
    String schema,
    String table,
    Operation operation,
    List<String> columns,
    @JsonProperty("old") String oldRow,
    @JsonProperty("new") String newRow) {

  /** What happened to the row. */
  public enum Operation {
    @JsonProperty("insert")
    INSERT,
    @JsonProperty("update")
    UPDATE,
    @JsonProperty("delete")
    DELETE,
    @JsonProperty("truncate")
    TRUNCATE
  }

  public RowChange {
    columns = List.copyOf(columns);
  }

  /** Whether one statement repeats both. */
  public boolean alike(RowChange other) {
    return relation == other.relation
        && operation == other.operation
        && columns.equals(other.columns);
  }
}
