package io.pgmesh.router.planner;

import io.pgmesh.contracts.api.SessionEvent.Relation;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.catalog.Column;
import io.pgmesh.contracts.catalog.Column.Fill;
import io.pgmesh.contracts.catalog.Constraint;
import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.Node;
import io.pgmesh.contracts.catalog.Shard;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.router.planner.StatementPlanner.Bound;
import io.pgmesh.router.planner.StatementPlanner.Inspection;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.planner.StatementPlanner.SessionView;
import io.pgmesh.router.sql.Lexer;
import io.pgmesh.router.sql.Phrase;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Two workers and a few tables: orders and lines, colocated on a bigint key; events with a serial
 * column; countries, a reference table; notes, a local table.
 */
final class SampleMesh {
  static final CatalogSnapshot CATALOG =
      new CatalogSnapshot(
          1,
          List.of(
              new Node(1, 0, "c", 5432, true, false),
              new Node(2, 1, "w1", 5432, true, true),
              new Node(3, 2, "w2", 5432, true, true)),
          List.of(
              new MeshTable.Distributed(
                  16400,
                  "public",
                  "orders",
                  List.of(
                      column("id", 1, 20, "bigint", Fill.WORKER, ""),
                      column("item", 2, 25, "text", Fill.WORKER, ""),
                      column("amount", 3, 1700, "numeric(10,2)", Fill.WORKER, "0")),
                  "id",
                  1,
                  shards(102008),
                  List.of("orders_pkey", "orders_item_idx"),
                  List.of(
                      new Constraint("orders_pkey", 'p', List.of("id"), 0),
                      new Constraint("orders_check", 'c', List.of("amount"), 0),
                      new Constraint("orders_id_not_null", 'n', List.of("id"), 0))),
              new MeshTable.Distributed(
                  16410,
                  "public",
                  "lines",
                  List.of(
                      column("order_id", 1, 20, "bigint", Fill.WORKER, ""),
                      column("line", 2, 23, "integer", Fill.WORKER, "")),
                  "order_id",
                  1,
                  shards(102010),
                  List.of(),
                  List.of(new Constraint("lines_order_id_fkey", 'f', List.of("order_id"), 16400))),
              new MeshTable.Distributed(
                  16420,
                  "app",
                  "events",
                  List.of(
                      column("tenant", 1, 25, "text", Fill.WORKER, ""),
                      column(
                          "id", 2, 20, "bigint", Fill.COORDINATOR, "nextval('app.ids'::regclass)"),
                      column("at", 3, 1184, "timestamp with time zone", Fill.WORKER, "now()")),
                  "tenant",
                  2,
                  shards(102012)),
              new MeshTable.Reference(
                  16430,
                  "public",
                  "countries",
                  List.of(
                      column("code", 1, 25, "text", Fill.WORKER, ""),
                      column("name", 2, 25, "text", Fill.WORKER, "")),
                  102014,
                  List.of(1, 2),
                  List.of("countries_pkey"),
                  List.of(new Constraint("countries_pkey", 'p', List.of("code"), 0)))));

  private static final List<Relation> LOCAL =
      List.of(new Relation("notes", 16500, "public", "notes", 'r', true));

  private SampleMesh() {}

  private static Column column(
      String name, int number, long type, String typeName, Fill fill, String defaultSql) {
    return new Column(name, number, type, typeName, false, fill, defaultSql);
  }

  private static List<Shard> shards(long first) {
    return List.of(
        new Shard(first, Integer.MIN_VALUE, -1, List.of(1)),
        new Shard(first + 1, 0, Integer.MAX_VALUE, List.of(2)));
  }

  static Phrase phrase(String sql) {
    return Phrase.of(sql, Lexer.tokens(sql));
  }

  static PlanContext context(String sql, SessionView session) {
    return new PlanContext(inspection(sql), CATALOG, session);
  }

  static Inspection inspection(String sql) {
    Set<Relation> relations = new LinkedHashSet<>();
    for (Phrase name : phrase(sql).names()) {
      relation(name.text(), name.identifiers()).ifPresent(relations::add);
    }
    return new Inspection(List.of(), List.copyOf(relations), sql.contains("my_function"), false);
  }

  private static Optional<Relation> relation(String asked, List<String> parts) {
    String schema = parts.size() > 1 ? parts.getFirst() : "";
    String name = parts.getLast();
    List<Relation> all = new ArrayList<>(LOCAL);
    for (MeshTable table : CATALOG.tables()) {
      all.add(new Relation(asked, table.oid(), table.schema(), table.name(), 'r', true));
      for (String index : table.indexes()) {
        all.add(new Relation(asked, table.oid() + 1, table.schema(), index, 'i', true));
      }
    }
    return all.stream()
        .filter(r -> r.name().equals(name) && (schema.isEmpty() || r.schema().equals(schema)))
        .findFirst()
        .map(r -> new Relation(asked, r.oid(), r.schema(), r.name(), r.kind(), r.insertable()));
  }

  static String plan(
      String sql, BiFunction<Phrase, PlanContext, PlannedStatement> planner, String... parameters) {
    return plan(sql, SessionView.PLAIN, planner, parameters);
  }

  static Plan planOf(String sql, BiFunction<Phrase, PlanContext, PlannedStatement> planner) {
    Bound bound =
        planner.apply(phrase(sql), context(sql, SessionView.PLAIN)).bind(Arguments.NONE, List.of());
    return ((Bound.Ready) bound).plan();
  }

  static String plan(
      String sql,
      SessionView session,
      BiFunction<Phrase, PlanContext, PlannedStatement> planner,
      String... parameters) {
    List<byte[]> values = new ArrayList<>();
    for (String parameter : parameters) {
      values.add(parameter == null ? null : parameter.getBytes(StandardCharsets.UTF_8));
    }
    Arguments arguments = new Arguments(List.of(), List.of(), values, List.of());
    Bound bound = planner.apply(phrase(sql), context(sql, session)).bind(arguments, List.of());
    return switch (bound) {
      case Bound.Ready(Plan plan) -> PrintedPlan.of(plan);
      case Bound.NeedsHash(var type, var texts) -> "hash of " + type + " " + texts + "\n";
    };
  }
}
