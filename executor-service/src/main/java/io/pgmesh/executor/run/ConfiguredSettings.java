package io.pgmesh.executor.run;

import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.ConfigCall;
import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.tx.SessionTransaction;
import io.pgmesh.executor.tx.SessionTransaction.Kind;
import io.pgmesh.executor.tx.SettingTexts;
import io.pgmesh.executor.worker.RowReader;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** What a statement has set by set_config in the coordinator database is the session's too. */
final class ConfiguredSettings {
  private ConfiguredSettings() {}

  static Future<Void> adopt(Plan.Coordinator plan, Execution run) {
    SessionTransaction transaction = run.transaction();
    List<ConfigCall> lasting =
        plan.configured().stream()
            .filter(call -> !call.local() || transaction.kind() != Kind.STATEMENT)
            .toList();
    return lasting.isEmpty()
        ? Future.succeededFuture()
        : transaction
            .coordinator()
            .map(coordinator -> adopt(lasting, coordinator, transaction))
            .orElseGet(Future::succeededFuture);
  }

  private static Future<Void> adopt(
      List<ConfigCall> calls, Participant coordinator, SessionTransaction transaction) {
    return RowReader.simple(coordinator.connection(), values(calls))
        .compose(
            rows -> {
              var sent = new ArrayList<Future<Void>>();
              for (int i = 0; i < calls.size(); i++) {
                String value = rows.getFirst().get(i);
                if (value != null) {
                  sent.add(adopt(calls.get(i), value, transaction));
                }
              }
              return StatementRun.allOf(sent).mapEmpty();
            });
  }

  private static String values(List<ConfigCall> calls) {
    return calls.stream()
        .map(call -> "pg_catalog.current_setting(" + SettingTexts.literal(call.name()) + ", true)")
        .collect(Collectors.joining(", ", "SELECT ", ""));
  }

  private static Future<Void> adopt(ConfigCall call, String value, SessionTransaction transaction) {
    if (call.local()) {
      return transaction.setting(
          SettingTexts.attempt(call.name(), value), UnaryOperator.<Map<String, String>>identity());
    }
    String sql = SettingTexts.set(call.name(), value);
    return transaction.setting(sql, settings -> SettingTexts.with(settings, call.name(), sql));
  }
}
