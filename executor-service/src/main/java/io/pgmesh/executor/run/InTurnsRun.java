package io.pgmesh.executor.run;

import io.pgmesh.contracts.plan.Task;
import io.vertx.core.Future;
import java.util.List;
import java.util.stream.IntStream;

/** Tasks that change rows and return them in one order: all is changed before any row is read. */
final class InTurnsRun {
  private InTurnsRun() {}

  static Future<Ended> run(List<Task> tasks, List<Integer> turns, Execution run) {
    var held = new HeldRows(tasks.size());
    return StatementRun.send(
            tasks, true, run, first -> held.of(ofServer(tasks, first), run.listener().of(first)))
        .compose(tags -> held.inTurns(turns, Tags.sum(tags)))
        .compose(
            portal ->
                portal
                    .fetch(run.maxRows(), false, run.listener())
                    .map(part -> StatementRun.ended(portal, part)));
  }

  /** Indexes of the tasks that one server runs. */
  private static List<Integer> ofServer(List<Task> tasks, Task first) {
    return IntStream.range(0, tasks.size())
        .filter(index -> tasks.get(index).server().equals(first.server()))
        .boxed()
        .toList();
  }
}
