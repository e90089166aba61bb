package io.pgmesh.router.planner;

import io.pgmesh.contracts.api.SessionEvent.Relation;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.catalog.Column;
import io.pgmesh.contracts.catalog.Column.Fill;
import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.Node;
import io.pgmesh.contracts.catalog.Shard;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.PlanText;
import io.pgmesh.router.planner.StatementPlanner.Bound;
import io.pgmesh.router.planner.StatementPlanner.Inspection;
import io.pgmesh.router.planner.StatementPlanner.SessionView;
import io.pgmesh.router.sql.ParsedStatement;
import io.pgmesh.router.sql.StatementReader;
import java.util.ArrayList;
import java.util.List;

/**
 * A small mesh to plan on: two workers; {@code orders} and {@code lines} colocated on company_id in
 * four shards; {@code visits} in other shards; {@code country} a reference table; {@code notes} in
 * one shard; {@code local} local; {@code seen} and names that begin so are views over shards.
 */
final class Planning {
  static final int INT8 = 20;
  private static final int TEXT = 25;
  private static final int NUMERIC = 1700;

  static final MeshTable.Distributed ORDERS =
      distributed(
          100,
          "orders",
          1,
          102008,
          4,
          List.of(
              column("company_id", INT8),
              column("id", INT8),
              column("state", TEXT),
              column("total", NUMERIC),
              column("country_id", INT8)));
  static final MeshTable.Distributed LINES =
      distributed(
          101,
          "lines",
          1,
          102012,
          4,
          List.of(
              column("company_id", INT8),
              column("order_id", INT8),
              column("sku", TEXT),
              column("amount", NUMERIC)));
  static final MeshTable.Distributed VISITS =
      distributed(
          102, "visits", 2, 102020, 2, List.of(column("company_id", INT8), column("page", TEXT)));
  static final MeshTable.Distributed NOTES =
      distributed(103, "notes", 3, 102030, 1, List.of(column("id", INT8), column("body", TEXT)));
  static final MeshTable.Reference COUNTRY =
      new MeshTable.Reference(
          104,
          "public",
          "country",
          List.of(column("id", INT8), column("name", TEXT)),
          102040,
          List.of(1, 2));

  static final CatalogSnapshot CATALOG =
      new CatalogSnapshot(
          7,
          List.of(
              new Node(1, 0, "coordinator", 5432, true, false),
              new Node(2, 1, "one", 5432, true, true),
              new Node(3, 2, "two", 5432, true, true)),
          List.of(ORDERS, LINES, VISITS, NOTES, COUNTRY));

  static final SessionView LOOPBACK = new SessionView(true, false, false, true);

  private Planning() {}

  private static Column column(String name, int type) {
    String typeName = type == INT8 ? "bigint" : type == TEXT ? "text" : "numeric";
    return new Column(name, 1, type, typeName, false, Fill.WORKER, "");
  }

  private static MeshTable.Distributed distributed(
      long oid, String name, int colocation, long firstShard, int count, List<Column> columns) {
    List<Shard> shards = new ArrayList<>();
    long width = (1L << 32) / count;
    for (int i = 0; i < count; i++) {
      long low = Integer.MIN_VALUE + i * width;
      shards.add(new Shard(firstShard + i, (int) low, (int) (low + width - 1), List.of(1 + i % 2)));
    }
    return new MeshTable.Distributed(
        oid, "public", name, columns, columns.getFirst().name(), colocation, shards);
  }

  static Inspection inspection(ParsedStatement statement, List<Long> types) {
    List<Relation> relations = new ArrayList<>();
    for (String asked : statement.relations()) {
      String plain = asked.replace("\"", "").replace("public.", "");
      CATALOG.tables().stream()
          .filter(table -> table.name().equals(plain))
          .forEach(t -> relations.add(new Relation(asked, t.oid(), "public", t.name(), 'r', true)));
      if (plain.startsWith("seen")) {
        relations.add(new Relation(asked, plain.hashCode(), "public", plain, 'v', true, true));
      }
      if (plain.equals("local")) {
        relations.add(new Relation(asked, 999, "public", "local", 'r', true));
      }
    }
    boolean user = statement.functions().stream().anyMatch(name -> name.startsWith("my_"));
    return new Inspection(types, relations, user, user);
  }

  static Plan plan(String sql) {
    return plan(sql, SessionView.PLAIN, Arguments.NONE);
  }

  static Plan plan(String sql, SessionView session, Arguments arguments) {
    ParsedStatement statement = StatementReader.read(sql);
    var planner = new MeshPlanner();
    boolean inspect = planner.needsInspection(statement, CATALOG, session);
    var planned =
        planner.plan(
            statement,
            inspect ? inspection(statement, arguments.types()) : Inspection.NONE,
            CATALOG,
            session);
    return ((Bound.Ready) planned.bind(arguments, List.of())).plan();
  }

  static String text(String sql) {
    return PlanText.of(plan(sql));
  }
}
