package io.pgmesh.executor.run;

import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.executor.tx.LeftBehind;
import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.tx.SessionTransaction;
import io.pgmesh.executor.tx.SettingTexts;
import io.pgmesh.executor.tx.UsersCode;
import io.pgmesh.executor.worker.BackendConnection;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Optional;

/**
 * Sees to it that what users' code has left in a server's session stays this client's: settings
 * become the session's own, the rest keeps the coordinator connection with it. A worker's
 * connection that has more than settings goes.
 */
final class Leftovers {
  private final Session session;
  private String temporary = "";
  private boolean meaningChanged;

  Leftovers(Session session) {
    this.session = session;
  }

  /** Whether texts may mean something else than before; asked once for every answer. */
  boolean takeMeaningChanged() {
    boolean changed = meaningChanged;
    meaningChanged = false;
    return changed;
  }

  /** DISCARD ALL. */
  void discarded() {
    temporary = "";
  }

  /** The transaction is over on all servers, which still are the session's. */
  Future<Void> after(SessionTransaction ended) {
    Future<Void> chain = Future.succeededFuture();
    for (Participant participant : ended.participants()) {
      if (participant.watched() && !participant.connection().closed()) {
        chain = chain.compose(done -> after(participant));
      }
    }
    return chain;
  }

  void watch(Task task, Participant worker) {
    watch(task.code(), worker);
  }

  /** Whatever runs there may call users' code, which the statement's text need not show. */
  void watch(Plan.Code code, Participant participant) {
    switch (code) {
      case ANY -> watch(participant);
      case BUILT_IN -> {}
    }
  }

  /** Users' code may run there. */
  void watch(Participant participant) {
    participant.watch(session.executor().settingValues().code(participant.address()));
  }

  private Future<Void> after(Participant participant) {
    BackendConnection connection = participant.connection();
    return participant
        .left()
        .compose(left -> withAllNames(left, participant))
        .compose(left -> settle(left, connection))
        .recover(
            cause -> {
              connection.close(); // whatever it has dies with it
              return Future.succeededFuture();
            });
  }

  private Future<LeftBehind> withAllNames(LeftBehind left, Participant participant) {
    SettingValues known = session.executor().settingValues();
    UsersCode before = known.code(participant.address());
    return left.values().isEmpty() || before.version().equals(left.code())
        ? Future.succeededFuture(left)
        : known
            .learnCode(participant.connection(), left.code())
            .compose(
                learned ->
                    learned.names().equals(before.names())
                        ? Future.succeededFuture(left)
                        : participant.lookAgain(learned));
  }

  private Future<Void> settle(LeftBehind left, BackendConnection connection) {
    boolean coordinates = connection.address().equals(session.coordinator());
    if (coordinates) {
      meaningChanged |= !left.temporary().equals(temporary);
      temporary = left.temporary();
      if (left.binds()) {
        session.bind();
      }
    }
    return left.values()
        .map(values -> adopt(values, connection))
        .orElseGet(Future::succeededFuture)
        .onSuccess(
            done -> {
              if (left.binds() && !coordinates) {
                connection.close();
              }
            });
  }

  private Future<Void> adopt(Map<String, String> values, BackendConnection connection) {
    SettingValues known = session.executor().settingValues();
    Optional<Map<String, String>> expected = known.find(connection);
    boolean changes = expected.isPresent() && adopt(values, expected.get());
    if (connection.address().equals(session.coordinator()) && session.keepsCoordinator()) {
      return Future.succeededFuture(); // nobody else gets it, and it may have what has no name here
    }
    if (expected.isEmpty()) {
      return known.learn(connection).onSuccess(found -> adopt(values, found)).mapEmpty();
    }
    return changes || known.code(connection.address()).hidden()
        ? SettingValues.restore(connection)
        : Future.succeededFuture();
  }

  private boolean adopt(Map<String, String> values, Map<String, String> expected) {
    if (values.equals(expected)) {
      return false;
    }
    session.settings(changed(session.settings(), expected, values));
    meaningChanged = true;
    return true;
  }

  private Map<String, String> changed(
      Map<String, String> before, Map<String, String> expected, Map<String, String> values) {
    Map<String, String> settings = before;
    for (var value : values.entrySet()) {
      if (!value.getValue().equals(expected.get(value.getKey()))) {
        String sql = SettingTexts.set(value.getKey(), value.getValue());
        settings = SettingTexts.with(settings, value.getKey(), sql);
      }
    }
    for (String name : expected.keySet()) {
      if (!values.containsKey(name)) {
        settings = SettingTexts.without(settings, name, session.startup());
      }
    }
    return settings;
  }
}
