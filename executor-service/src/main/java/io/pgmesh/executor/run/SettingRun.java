package io.pgmesh.executor.run;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Setting.Scope;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.executor.tx.SessionTransaction;
import io.pgmesh.executor.tx.SessionTransaction.Block;
import io.pgmesh.executor.tx.SessionTransaction.Kind;
import io.pgmesh.executor.tx.SettingTexts;
import io.pgmesh.executor.worker.Address;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Listener;
import io.pgmesh.executor.worker.ParametersOnly;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** SET and RESET: tried on the coordinator database first, then the session's. */
final class SettingRun {
  private SettingRun() {}

  /**
   * @return the command tag
   */
  static Future<String> run(Plan.Setting plan, Session session, ClientListener listener) {
    Optional<SessionTransaction> block =
        session.transaction().filter(open -> open.kind() != Kind.STATEMENT);
    boolean discard = discards(plan);
    if (discard && block.filter(SettingRun::hasBegun).isPresent()) {
      return Future.failedFuture(
          new SqlError(
              SqlState.ACTIVE_SQL_TRANSACTION,
              "DISCARD ALL cannot run inside a transaction block"));
    }
    Future<String> running =
        block.isPresent() && !discard
            ? inBlock(plan, session, block.get(), listener)
            : alone(plan, session, listener);
    return running.recover(
        cause -> Future.failedFuture(ErrorMapping.ofText(plan.sql(), SqlError.from(cause))));
  }

  private static boolean discards(Plan.Setting plan) {
    return plan.sql().text().strip().toLowerCase(Locale.ROOT).startsWith("discard");
  }

  /** A block that the router has opened ahead of a first statement is none yet. */
  private static boolean hasBegun(SessionTransaction block) {
    return block.kind() == Kind.EXPLICIT || !block.participants().isEmpty();
  }

  private static Future<String> inBlock(
      Plan.Setting plan, Session session, SessionTransaction open, ClientListener listener) {
    return open.join(session.coordinator(), Block.BEGIN)
        .compose(coordinator -> send(coordinator.connection(), plan, session, listener))
        .compose(tag -> toWorkers(plan, session, open).map(tag));
  }

  private static Future<Void> toWorkers(
      Plan.Setting plan, Session session, SessionTransaction open) {
    if (plan.workers().isPresent()) {
      var ofServers = new HashMap<Address, String>();
      for (Task task : plan.workers().get()) {
        ofServers.put(session.addressOf(task.server()), task.sql().text());
      }
      return open.setting(plan.sql().text(), ofServers);
    }
    return Future.join(
            statements(plan, session, List.of()).stream()
                .map(sql -> open.setting(sql, lasting(plan, session)))
                .toList())
        .mapEmpty();
  }

  private static Future<String> alone(Plan.Setting plan, Session session, ClientListener listener) {
    return session.withCoordinator(
        connection ->
            send(connection, plan, session, listener)
                .onSuccess(
                    tag -> {
                      Map<String, String> changed =
                          lasting(plan, session).apply(session.settings());
                      session.settings(changed);
                      connection.settings(changed);
                      if (discards(plan)) {
                        session.unbind();
                      }
                    }));
  }

  /**
   * What undoes a setting leaves what the session began with.
   *
   * @param neutral what the connection wants after RESET
   */
  private static List<String> statements(Plan.Setting plan, Session session, List<String> neutral) {
    String sql = plan.sql().text();
    Map<String, String> startup = session.startup();
    if (plan.scope() != Scope.RESET) {
      return List.of(sql);
    }
    var all = new ArrayList<String>();
    all.add(sql);
    all.addAll(neutral);
    if (plan.name().equals("all")) {
      all.addAll(startup.values());
    } else if (startup.containsKey(plan.name())) {
      all.add(startup.get(plan.name()));
    }
    return all;
  }

  private static UnaryOperator<Map<String, String>> lasting(Plan.Setting plan, Session session) {
    String sql = plan.sql().text();
    return switch (plan.scope()) {
      case SESSION -> settings -> SettingTexts.with(settings, plan.name(), sql);
      case RESET -> settings -> SettingTexts.without(settings, plan.name(), session.startup());
      case LOCAL, TRANSACTION -> UnaryOperator.identity();
    };
  }

  /** The client hears the first one; of the rest it hears what parameters became. */
  private static Future<String> send(
      BackendConnection connection, Plan.Setting plan, Session session, Listener listener) {
    List<String> neutral = SettingTexts.neutral(connection, plan.name());
    var flights = new ArrayList<Future<Flight.Outcome>>();
    for (String sql : statements(plan, session, neutral)) {
      Listener hearing =
          flights.isEmpty() ? listener : new ParametersOnly(session::parameterChanged);
      flights.add(Flight.simple(connection, sql, hearing).future());
    }
    return StatementRun.allOf(flights).map(outcomes -> outcomes.getFirst().lastTag());
  }
}
