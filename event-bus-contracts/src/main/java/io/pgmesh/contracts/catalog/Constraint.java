package io.pgmesh.contracts.catalog;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;

/**
 * A constraint of a table; on shards its name has the shard's suffix.
 *
 * @param kind pg_constraint.contype: {@code c} check, {@code f} foreign key, {@code p} primary key,
 *     {@code u} unique, {@code x} exclusion, {@code n} not null
 * @param columns names of its columns, in the constraint's order
 * @param references oid of the table that a foreign key points to, else 0
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Constraint(String name, char kind, List<String> columns, long references) {
  public Constraint {
    columns = columns == null ? List.of() : List.copyOf(columns);
  }
}
