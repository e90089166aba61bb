package io.pgmesh.router.session;

import io.pgmesh.contracts.api.SessionEvent.State;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.plan.Plan;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The catalog and the settings that a session's statements are inspected and planned with. Inside
 * of a transaction both may differ from everybody's.
 */
final class SessionBasis {
  /** Also in what only the server reads: DO, and statements that change rows. */
  private static final Pattern SET_CONFIG = Pattern.compile("set_config", Pattern.CASE_INSENSITIVE);

  private final ExecutorChannel channel;
  private final CatalogFeed catalogs;
  private final boolean loopback;

  /** Replaced whenever a setting may have changed: what was learned before is looked up again. */
  private Object settings = new Object();

  private boolean settingsTouched;

  /** The catalog as this transaction sees it, while that differs from everybody's. */
  private Optional<CatalogSnapshot> ownCatalog = Optional.empty();

  private boolean catalogStale;

  /** The same, told by a function of the coordinator database that changed it. */
  private final AdoptedCatalog adopted = new AdoptedCatalog();

  SessionBasis(ExecutorChannel channel, CatalogFeed catalogs, boolean loopback) {
    this.channel = channel;
    this.catalogs = catalogs;
    this.loopback = loopback;
  }

  /** The basis, after asking for the catalog where this transaction has changed it. */
  Future<Prepared.Basis> upToDate() {
    // In a failed transaction all that works is ROLLBACK. Behind the loopback the connection is
    // busy with whoever calls: functions that change the catalog tell it.
    boolean cannotAsk = channel.state().transaction() == 'E' || loopback;
    if (!catalogStale || cannotAsk || adopted.current().isPresent()) {
      return Future.succeededFuture(known());
    }
    return channel
        .loadCatalog()
        .map(
            catalog -> {
              catalogStale = false;
              ownCatalog = Optional.of(catalog);
              return known();
            });
  }

  /** The basis as far as it is known here. */
  Prepared.Basis known() {
    return new Prepared.Basis(
        adopted.current().or(() -> ownCatalog).orElseGet(catalogs::newest), settings);
  }

  /** Whether {@link #upToDate} may have to ask. */
  boolean catalogStale() {
    return catalogStale;
  }

  /**
   * Plans by this catalog from now on. For a session that lasts one transaction, whose connection
   * is busy with the function that tells.
   */
  void adopt(CatalogSnapshot catalog) {
    adopted.adopt(catalog);
  }

  /** A plan was run, whether it ended well or not. */
  Future<Void> settle(Plan plan, State after) {
    noteSettings(plan, after);
    if (plan instanceof Plan.Transaction verb) {
      adopted.note(verb);
    }
    if (after.transaction() == 'I') {
      ownCatalog = Optional.empty();
      catalogStale = false;
    } else {
      catalogStale |= after.catalogChanged() && mayChangeCatalog(plan);
    }
    return catalogs.atLeast(after.epoch());
  }

  private void noteSettings(Plan plan, State after) {
    boolean mayHaveGoneBack = settingsTouched && plan instanceof Plan.Transaction; // by a rollback
    if (changesMeaning(plan) || after.meaningChanged() || mayHaveGoneBack) {
      settings = new Object();
      settingsTouched = after.transaction() != 'I';
    }
  }

  private static boolean changesMeaning(Plan plan) {
    return switch (plan) {
      case Plan.Setting setting -> true;
      // set_config() and temporary tables: only such plans can hide them
      case Plan.Coordinator coordinator ->
          coordinator.effects().bindsSession()
              || SET_CONFIG.matcher(coordinator.sql().text()).find();
      case Plan.OneShard p -> false;
      case Plan.Scatter p -> false;
      case Plan.RoutedInsert p -> false;
      case Plan.Timed p -> false;
      case Plan.CopyIn p -> false;
      case Plan.Maintenance p -> false;
      case Plan.Ddl p -> false;
      case Plan.Explain p -> false;
      case Plan.Transaction p -> false;
      case Plan.DeclareCursor p -> false;
      case Plan.FetchCursor p -> false;
      case Plan.CloseCursor p -> false;
      case Plan.WorkerCalls p -> false;
      case Plan.Carry p -> false;
      case Plan.Evaluation evaluation -> evaluation.effects().bindsSession();
    };
  }

  private static boolean mayChangeCatalog(Plan plan) {
    return switch (plan) {
      case Plan.OneShard p -> false;
      case Plan.Scatter p -> false;
      case Plan.RoutedInsert p -> false;
      case Plan.Timed p -> false;
      case Plan.CopyIn p -> false;
      case Plan.Maintenance p -> false;
      case Plan.Explain p -> false;
      case Plan.Setting p -> false;
      case Plan.DeclareCursor p -> false;
      case Plan.FetchCursor p -> false;
      case Plan.CloseCursor p -> false;
      case Plan.Coordinator coordinator ->
          coordinator.use() != Plan.Use.READ && coordinator.use() != Plan.Use.CLIENT_BLOCK;
      case Plan.Ddl p -> true;
      case Plan.Transaction p -> true;
      case Plan.WorkerCalls p -> true;
      case Plan.Carry p -> false;
      case Plan.Evaluation evaluation -> evaluation.writes();
    };
  }
}
