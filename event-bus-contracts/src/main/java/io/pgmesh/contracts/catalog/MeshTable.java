package io.pgmesh.contracts.catalog;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.pgmesh.contracts.hash.HashRanges;
import java.util.List;

/** A table that has relations on workers. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = MeshTable.Distributed.class, name = "distributed"),
  @JsonSubTypes.Type(value = MeshTable.Reference.class, name = "reference")
})
@JsonIgnoreProperties(ignoreUnknown = true)
public sealed interface MeshTable {

  /**
   * The oid of the shell table (distributed) or of the primary copy (reference) in the coordinator
   * database.
   */
  long oid();

  String schema();

  String name();

  /** Live columns in order of their number. */
  List<Column> columns();

  /** Names of its indexes, those of constraints included. */
  List<String> indexes();

  List<Constraint> constraints();

  /**
   * Hash-partitioned over the workers.
   *
   * @param distributionColumn name of one of {@code columns}
   * @param colocationId tables with the same id have the same shard ranges on the same workers,
   *     shard by shard in list order
   * @param shards in order of their ranges, which cover the signed 32-bit space without gaps
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Distributed(
      long oid,
      String schema,
      String name,
      List<Column> columns,
      String distributionColumn,
      int colocationId,
      List<Shard> shards,
      List<String> indexes,
      List<Constraint> constraints)
      implements MeshTable {
    public Distributed {
      columns = List.copyOf(columns);
      shards = List.copyOf(shards);
      indexes = indexes == null ? List.of() : List.copyOf(indexes);
      constraints = constraints == null ? List.of() : List.copyOf(constraints);
    }

    /** A table without indexes and constraints. */
    public Distributed(
        long oid,
        String schema,
        String name,
        List<Column> columns,
        String distributionColumn,
        int colocationId,
        List<Shard> shards) {
      this(
          oid,
          schema,
          name,
          columns,
          distributionColumn,
          colocationId,
          shards,
          List.of(),
          List.of());
    }

    /** The column whose hash places a row. */
    public Column key() {
      return columns.stream()
          .filter(c -> c.name().equals(distributionColumn))
          .findFirst()
          .orElseThrow();
    }

    /**
     * Index in {@link #shards} of the shard that owns a hash.
     *
     * @param hash signed 32-bit, full range
     */
    public int shardIndex(int hash) {
      return HashRanges.indexOf(hash, shards.size(), index -> shards.get(index).minHash());
    }
  }

  /**
   * Whole on every worker; the primary copy is in the coordinator database.
   *
   * @param shardId its single shard's id; the replicas carry the plain table name
   * @param liveGroups groups of the workers whose replica may be read
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Reference(
      long oid,
      String schema,
      String name,
      List<Column> columns,
      long shardId,
      List<Integer> liveGroups,
      List<String> indexes,
      List<Constraint> constraints)
      implements MeshTable {
    public Reference {
      columns = List.copyOf(columns);
      liveGroups = List.copyOf(liveGroups);
      indexes = indexes == null ? List.of() : List.copyOf(indexes);
      constraints = constraints == null ? List.of() : List.copyOf(constraints);
    }

    /** A table without indexes and constraints. */
    public Reference(
        long oid,
        String schema,
        String name,
        List<Column> columns,
        long shardId,
        List<Integer> liveGroups) {
      this(oid, schema, name, columns, shardId, liveGroups, List.of(), List.of());
    }
  }
}
