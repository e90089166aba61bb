package io.pgmesh.router.session;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.loadtests.Ring;
import io.pgmesh.loadtests.SampleCatalog;
import io.pgmesh.loadtests.Texts;
import io.pgmesh.router.app.TextReader;
import io.pgmesh.router.planner.MeshPlanner;
import io.pgmesh.router.planner.StatementPlanner.Bound;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.planner.StatementPlanner.SessionView;
import io.pgmesh.router.sql.ParsedStatement;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From a client's text to the plan that runs, with all there is between but the trips. */
@State(Scope.Thread)
public class StatementCacheBenchmark {
  /** Whose constants change. */
  public enum Text {
    POINT_QUERY,
    REPORT,
    INSERT
  }

  @Param public Text text;

  private final CatalogSnapshot catalog = SampleCatalog.CATALOG;
  private final Prepared.Basis basis = new Prepared.Basis(catalog, "settings");
  private final MeshPlanner planner = new MeshPlanner();
  private final SqlReader reader = new TextReader();
  private final CacheSpace space =
      new CacheSpace(32 << 20, new CacheMetrics(new SimpleMeterRegistry()));
  private Ring<String> texts;
  private StatementCache cache;

  @Setup
  public void setUp() {
    texts =
        Ring.of(
            switch (text) {
              case POINT_QUERY -> Texts::pointQuery;
              case REPORT -> Texts::report;
              case INSERT -> Texts::insert;
            });
    cache = new StatementCache(reader, space);
    plan(cache, texts.all().getFirst());
    Prepared like = cache.get(texts.all().getLast(), List.of());
    if (like.planned(basis, SessionView.PLAIN).isEmpty()) {
      throw new IllegalStateException("a text with other constants is planned anew");
    }
  }

  /** A text that came before. */
  @Benchmark
  public Plan sameText() {
    return plan(cache, texts.all().getFirst());
  }

  /** Every text has other constants. */
  @Benchmark
  public Plan otherConstants() {
    return plan(cache, texts.next());
  }

  /** Nothing like it came before: what the cache saves, besides the inspection's trip. */
  @Benchmark
  public Plan unknownText() {
    var empty = new StatementCache(reader, space);
    Plan plan = plan(empty, texts.next());
    empty.clear();
    return plan;
  }

  private Plan plan(StatementCache with, String sql) {
    Prepared statement = with.get(reader.split(sql).getFirst().sql(), List.of());
    PlannedStatement planned =
        statement.planned(basis, SessionView.PLAIN).orElseGet(() -> planned(statement));
    Plan plan = ((Bound.Ready) planned.bind(Arguments.NONE, List.of())).plan();
    with.grown(statement);
    return plan;
  }

  private PlannedStatement planned(Prepared statement) {
    ParsedStatement parsed = statement.parsed();
    PlannedStatement planned =
        planner.plan(parsed, SampleCatalog.inspection(parsed), catalog, SessionView.PLAIN);
    statement.planned(basis, SessionView.PLAIN, planned);
    return planned;
  }
}
