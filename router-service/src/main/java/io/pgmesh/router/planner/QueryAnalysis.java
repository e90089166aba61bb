package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Column;
import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.catalog.MeshTable.Reference;
import io.pgmesh.router.planner.Fact.ColumnRef;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Query;
import io.pgmesh.router.sql.Query.Source;
import io.pgmesh.router.sql.QueryReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tables of a query at any depth, and for each what is known of the rows of it that matter:
 * rows of which something else holds could be absent without a change of the answer.
 */
final class QueryAnalysis {
  private final PlanContext context;
  private final List<Use> uses = new ArrayList<>();
  private final List<Phrase> others = new ArrayList<>();
  private final Map<Integer, Facts> known = new HashMap<>();
  private final Map<Query.Block, BlockView> blocks = new IdentityHashMap<>();
  private final List<Extent> extents = new ArrayList<>();
  private int lastId;

  /** A mesh table where it stands in FROM. */
  record Use(int id, Query.Table source, MeshTable table, Query.Block block) {
    boolean distributed() {
      return table instanceof Distributed;
    }

    /** The distribution column here. */
    ColumnRef key() {
      Distributed distributed = (Distributed) table;
      Column key = distributed.key();
      return new ColumnRef(id, key.name(), key.typeOid(), key.composite());
    }
  }

  /**
   * A SELECT of the query.
   *
   * @param known holds for the rows that its WHERE lets through
   */
  record BlockView(Frame frame, Facts known, Partition partition) {}

  /** Names in this text, as far as no smaller extent has them, are those of the frame. */
  private record Extent(Phrase text, Frame frame) {}

  /** What expressions stand in. */
  private record Scope(Set<String> common, Optional<Frame> frame, Facts known) {}

  private QueryAnalysis(PlanContext context) {
    this.context = context;
  }

  static QueryAnalysis of(Query query, PlanContext context) {
    var analysis = new QueryAnalysis(context);
    analysis.query(query, new Scope(Set.of(), Optional.empty(), Facts.NONE));
    return analysis;
  }

  List<Use> uses() {
    return uses;
  }

  List<Use> distributed() {
    return uses.stream().filter(Use::distributed).toList();
  }

  List<Reference> references() {
    return uses.stream()
        .map(Use::table)
        .filter(Reference.class::isInstance)
        .map(Reference.class::cast)
        .toList();
  }

  /** Names of relations that are not the mesh's. */
  List<Phrase> others() {
    return others;
  }

  BlockView view(Query.Block block) {
    return blocks.get(block);
  }

  /** All SELECTs of the query. */
  Set<Query.Block> blocks() {
    return blocks.keySet();
  }

  /** What a name may mean that stands here. */
  Optional<Frame> frameOf(Phrase name) {
    return extents.stream()
        .filter(e -> e.text().from() <= name.from() && name.to() <= e.text().to())
        .min(Comparator.comparingInt(extent -> extent.text().size()))
        .map(Extent::frame);
  }

  /** What is known of the rows of a table that matter. */
  Facts known(Use use) {
    return known.getOrDefault(use.id(), Facts.NONE);
  }

  private void query(Query query, Scope scope) {
    Set<String> common = new HashSet<>(scope.common);
    boolean recursive = query.text().starts("with", "recursive");
    if (recursive) {
      query.with().forEach(part -> common.add(part.name()));
    }
    for (Query.CommonTable part : query.with()) {
      query(part.query(), new Scope(Set.copyOf(common), scope.frame, scope.known));
      common.add(part.name());
    }
    Scope inside = new Scope(common, scope.frame, scope.known);
    Scope tail = body(query.body(), inside);
    if (query.body() instanceof Query.Block block) {
      extents.add(new Extent(query.text(), view(block).frame()));
    }
    expression(query.tail().text(), tail);
  }

  /** Reads a body; the scope of an ORDER BY behind it. */
  private Scope body(Query.Body body, Scope scope) {
    return switch (body) {
      case Query.Block block -> block(block, scope);
      case Query.Operation(var operands) -> {
        operands.forEach(operand -> body(operand, scope));
        yield scope;
      }
      case Query.Nested(var nested) -> {
        query(nested, scope);
        yield scope;
      }
      case Query.Values(var rows) -> {
        expression(rows, scope);
        yield scope;
      }
    };
  }

  private void expression(Phrase phrase, Scope scope) {
    QueryReader.subqueries(phrase).forEach(query -> query(query, scope));
  }

  private Scope block(Query.Block block, Scope scope) {
    Frame frame = new Frame(scope.frame);
    Map<Source, Integer> ids = new IdentityHashMap<>();
    block.from().forEach(source -> declare(source, block, frame, ids, scope));
    var from = new FromAnalysis(frame, ids, known, uses);
    Facts facts = scope.known.and(Facts.of(block.where(), frame));
    for (Source source : block.from()) {
      facts = facts.and(from.lifted(source));
    }
    Partition partition = new Partition.Everywhere();
    for (Source source : block.from()) {
      partition = Partition.inner(partition, from.place(source, facts), facts);
    }
    blocks.put(block, new BlockView(frame, facts, partition));
    extents.add(new Extent(block.text(), frame));
    Scope inside = new Scope(scope.common, Optional.of(frame), facts);
    block.from().forEach(source -> nested(source, scope, inside));
    block.items().forEach(item -> expression(item.expression(), inside));
    block.groupBy().forEach(part -> expression(part, inside));
    List.of(block.distinct(), block.where(), block.having(), block.window())
        .forEach(part -> expression(part, inside));
    return inside;
  }

  private void declare(
      Source source, Query.Block block, Frame frame, Map<Source, Integer> ids, Scope scope) {
    if (source instanceof Query.Join join) {
      frame.note(join);
      declare(join.left(), block, frame, ids, scope);
      declare(join.right(), block, frame, ids, scope);
      return;
    }
    int id = ++lastId;
    ids.put(source, id);
    switch (source) {
      case Query.Table table -> frame.add(table(table, id, block, scope));
      case Query.Derived derived ->
          frame.add(new Frame.Named(id, derived.alias(), Optional.empty()));
      case Query.Function function ->
          frame.add(new Frame.Named(id, function.alias(), Optional.empty()));
      case Query.Join join -> throw new IllegalStateException("a join is no single source");
    }
  }

  private Frame.Named table(Query.Table table, int id, Query.Block block, Scope scope) {
    boolean common =
        table.name().size() == 1 && scope.common.contains(table.name().first().value());
    Optional<MeshTable> mesh = common ? Optional.empty() : context.meshTable(table.name());
    if (mesh.isPresent()) {
      uses.add(new Use(id, table, mesh.get(), block));
    } else if (!common) {
      others.add(table.name());
    }
    return new Frame.Named(id, table.alias(), table.renamed() ? Optional.empty() : mesh);
  }

  /** Reads the queries inside of FROM. */
  private void nested(Source source, Scope outside, Scope inside) {
    switch (source) {
      case Query.Table table -> {}
      case Query.Function function -> expression(function.text(), inside);
      case Query.Derived derived -> query(derived.query(), derived.lateral() ? inside : outside);
      case Query.Join join -> {
        nested(join.left(), outside, inside);
        nested(join.right(), outside, inside);
        expression(join.on(), inside);
      }
    }
  }
}
