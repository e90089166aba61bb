package io.pgmesh.loadtests;

import io.pgmesh.contracts.api.SessionEvent.Relation;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.catalog.Column;
import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.Node;
import io.pgmesh.contracts.catalog.Shard;
import io.pgmesh.router.planner.StatementPlanner.Inspection;
import io.pgmesh.router.sql.ParsedStatement;
import java.util.List;
import java.util.stream.IntStream;

/** Two workers and two tables in 32 shards each. */
public final class SampleCatalog {
  private static final int SHARDS = 32;
  private static final int BIGINT = 20;
  private static final int TEXT = 25;
  private static final int NUMERIC = 1700;

  private static final MeshTable ORDERS =
      table(
          16_400,
          "orders",
          102_008,
          List.of(
              column("company_id", 1, BIGINT, "bigint"),
              column("id", 2, BIGINT, "bigint"),
              column("state", 3, TEXT, "text"),
              column("total", 4, NUMERIC, "numeric"),
              column("country_id", 5, BIGINT, "bigint")));
  private static final MeshTable LINES =
      table(
          16_410,
          "lines",
          102_040,
          List.of(
              column("company_id", 1, BIGINT, "bigint"),
              column("order_id", 2, BIGINT, "bigint"),
              column("amount", 3, NUMERIC, "numeric")));

  public static final CatalogSnapshot CATALOG =
      new CatalogSnapshot(
          1,
          List.of(
              new Node(1, 0, "coordinator", 5432, true, false),
              new Node(2, 1, "one", 5432, true, true),
              new Node(3, 2, "two", 5432, true, true)),
          List.of(ORDERS, LINES));

  private SampleCatalog() {}

  /** What the coordinator database would answer. */
  public static Inspection inspection(ParsedStatement statement) {
    var relations =
        CATALOG.tables().stream()
            .filter(table -> statement.relations().contains(table.name()))
            .map(t -> new Relation(t.name(), t.oid(), t.schema(), t.name(), 'r', true))
            .toList();
    return new Inspection(List.of(), relations, false, false);
  }

  private static MeshTable table(long oid, String name, long firstShard, List<Column> columns) {
    long width = (1L << 32) / SHARDS;
    List<Shard> shards =
        IntStream.range(0, SHARDS)
            .mapToObj(
                i -> {
                  long low = Integer.MIN_VALUE + i * width;
                  return new Shard(
                      firstShard + i, (int) low, (int) (low + width - 1), List.of(1 + i % 2));
                })
            .toList();
    return new MeshTable.Distributed(oid, "public", name, columns, "company_id", 1, shards);
  }

  private static Column column(String name, int number, long type, String typeName) {
    return new Column(name, number, type, typeName, false, Column.Fill.WORKER, "");
  }
}
