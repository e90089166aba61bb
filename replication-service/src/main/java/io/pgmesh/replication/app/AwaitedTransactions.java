package io.pgmesh.replication.app;

import io.pgmesh.replication.apply.ChangeLog;
import io.pgmesh.replication.apply.ChangeLog.Awaited;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Asks the change log what commits wait for: those that come while it answers, all at once. */
final class AwaitedTransactions {
  private final ChangeLog log;
  private Map<String, Promise<Awaited>> next = new LinkedHashMap<>();
  private boolean asking;

  AwaitedTransactions(ChangeLog log) {
    this.log = log;
  }

  /**
   * @param xid of a committed transaction
   */
  Future<Awaited> ask(String xid) {
    var answer = next.computeIfAbsent(xid, x -> Promise.promise());
    if (!asking) {
      askNext();
    }
    return answer.future();
  }

  private void askNext() {
    var asked = next;
    next = new LinkedHashMap<>();
    asking = true;
    var answers = List.copyOf(asked.values());
    log.awaited(List.copyOf(asked.keySet()))
        .onSuccess(
            found -> {
              for (int i = 0; i < answers.size(); i++) {
                answers.get(i).complete(found.get(i));
              }
            })
        .onFailure(failure -> answers.forEach(answer -> answer.fail(failure)))
        .onComplete(
            done -> {
              asking = false;
              if (!next.isEmpty()) {
                askNext();
              }
            });
  }
}
