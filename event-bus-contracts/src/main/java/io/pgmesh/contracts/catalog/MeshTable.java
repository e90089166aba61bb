package io.pgmesh.contracts.catalog;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
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
      List<Shard> shards)
      implements MeshTable {
    public Distributed {
      columns = List.copyOf(columns);
      shards = List.copyOf(shards);
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
      int low = 0;
      int high = shards.size() - 1;
      while (low < high) {
        int middle = (low + high + 1) >>> 1;
        if (shards.get(middle).minHash() <= hash) {
          low = middle;
        } else {
          high = middle - 1;
        }
      }
      return low;
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
      List<Integer> liveGroups)
      implements MeshTable {
    public Reference {
      columns = List.copyOf(columns);
      liveGroups = List.copyOf(liveGroups);
    }
  }
}
