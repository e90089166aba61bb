package io.pgmesh.router.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Use;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.planner.StatementPlanner.SessionView;
import io.pgmesh.router.sql.ParsedStatement;
import io.pgmesh.router.sql.StatementReader;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatementCacheTest {
  private static final int MAX_BYTES = 100_000;
  private static final Prepared.Basis BASIS = new Prepared.Basis(CatalogSnapshot.EMPTY, "");

  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final CacheSpace space = new CacheSpace(MAX_BYTES, new CacheMetrics(metrics));
  private final StatementCache cache = new StatementCache(new Reader(), space);

  private static final class Reader implements SqlReader {
    @Override
    public List<Piece> split(String sql) {
      return List.of(new Piece(0, sql));
    }

    @Override
    public ParsedStatement parse(String sql) {
      return StatementReader.read(sql);
    }
  }

  @Test
  void a_text_and_all_like_it_share_what_is_known() {
    Prepared one = get(cache, "select a from t where b = 1");
    assertThat(get(cache, "select a from t where b = 1")).isSameAs(one);
    assertThat(get(cache, "select a from t where b = 2").like()).isSameAs(one.like());
    assertThat(get(cache, "select a from t where b = '2'").like()).isNotSameAs(one.like());
    assertThat(cache.get("select a from t where b = 1", List.of(25L)).like())
        .isNotSameAs(one.like());
    assertThat(entries()).isEqualTo(3);
  }

  @Test
  void execute_drives_nothing_out() {
    Prepared one = get(cache, "select a from t where b = 1");
    for (int i = 0; i < 1_000; i++) {
      get(cache, "execute p (" + i + ")");
    }
    assertThat(get(cache, "select a from t where b = 1")).isSameAs(one);
    assertThat(entries()).isEqualTo(1);
  }

  @Test
  void whatever_is_kept_stays_within_its_bytes() {
    for (int i = 0; i < 1_000; i++) {
      Prepared statement = get(cache, "select c" + i + " from t where b = 1");
      assertThat(space.bytes())
          .isEqualTo((long) gauge("bytes"))
          .isPositive()
          .isLessThanOrEqualTo(MAX_BYTES);
      statement.planned(BASIS, SessionView.PLAIN, planOf("x".repeat(i)));
      cache.grown(statement);
      assertThat(space.bytes())
          .isEqualTo((long) gauge("bytes"))
          .isPositive()
          .isLessThanOrEqualTo(MAX_BYTES);
    }
    assertThat(entries()).isGreaterThan(5).isLessThan(100);
    assertThat(metrics.get("pgmesh.statement.cache.evictions").counter().count())
        .isEqualTo(1_000 - entries());
  }

  @Test
  void what_does_not_fit_at_all_is_not_kept() {
    Prepared statement = get(cache, "select a");
    statement.planned(BASIS, SessionView.PLAIN, planOf("x".repeat(MAX_BYTES)));
    cache.grown(statement);
    assertThat(entries()).isZero();
    assertThat(space.bytes()).isZero();
    assertThat(get(cache, "select a")).isNotSameAs(statement);
  }

  @Test
  void what_was_not_used_for_longest_goes_whosever_it_is() {
    var other = new StatementCache(new Reader(), space);
    Prepared used = get(other, "select used from t");
    Prepared usedByOthersLikeIt = get(other, "select a from t where b = 0");
    Prepared idle = get(other, "select idle from t");
    for (int i = 0; i < 200; i++) {
      get(cache, "select c" + i);
      assertThat(get(other, "select used from t")).isSameAs(used);
      get(other, "select a from t where b = " + i);
    }
    assertThat(get(other, "select a from t where b = 0")).isSameAs(usedByOthersLikeIt);
    assertThat(get(other, "select idle from t")).isNotSameAs(idle);
  }

  @Test
  void a_session_keeps_a_number_of_statements_only() {
    var large = new CacheSpace(1 << 30, new CacheMetrics(new SimpleMeterRegistry()));
    var one = new StatementCache(new Reader(), large);
    Prepared first = get(one, "select first");
    for (int i = 0; i < 255; i++) {
      get(one, "select c" + i);
    }
    assertThat(get(one, "select first")).isSameAs(first);
    get(one, "select another");
    get(one, "select c1");
    assertThat(get(one, "select first")).isSameAs(first);
    for (int i = 0; i < 256; i++) {
      get(one, "select d" + i);
    }
    assertThat(get(one, "select first")).isNotSameAs(first);
  }

  @Test
  void sessions_that_end_give_all_back() {
    var other = new StatementCache(new Reader(), space);
    get(cache, "select a");
    long bytes = space.bytes();
    get(other, "select b");
    get(other, "select c");
    other.clear();
    assertThat(space.bytes()).isEqualTo(bytes);
    assertThat(entries()).isEqualTo(1);
    space.close();
    assertThat(gauge("bytes")).isZero();
    assertThat(entries()).isZero();
    cache.clear();
    assertThat(entries()).isZero();
  }

  private static PlannedStatement planOf(String sql) {
    return PlannedStatement.of(new Plan.Coordinator(SqlText.unchanged(sql), Use.READ));
  }

  private static Prepared get(StatementCache from, String sql) {
    return from.get(sql, List.of());
  }

  private double entries() {
    return gauge("entries");
  }

  private double gauge(String name) {
    return metrics.get("pgmesh.statement.cache." + name).gauge().value();
  }
}
