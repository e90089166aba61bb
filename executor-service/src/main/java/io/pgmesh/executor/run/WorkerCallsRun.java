package io.pgmesh.executor.run;

import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.WorkerCall;
import io.pgmesh.contracts.plan.Plan.WorkerCalls.Mode;
import io.pgmesh.contracts.plan.Server;
import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.tx.SessionTransaction.Block;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.RowReader;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Commands for workers: those of one worker in order, the workers at the same time. */
final class WorkerCallsRun {

  /** A call and its place in the answer. */
  private record Numbered(int index, WorkerCall call) {}

  private final Plan.WorkerCalls plan;
  private final Execution run;
  private final Map<Integer, JsonObject> answers = new TreeMap<>();

  private WorkerCallsRun(Plan.WorkerCalls plan, Execution run) {
    this.plan = plan;
    this.run = run;
  }

  static Future<Ended> run(Plan.WorkerCalls plan, Execution run) {
    var calls = new WorkerCallsRun(plan, run);
    return plan.mode() == Mode.REPLICAS
        ? DdlRun.replicasCaughtUp(run).compose(caughtUp -> calls.run())
        : calls.run();
  }

  private Future<Ended> run() {
    var byServer = new LinkedHashMap<Server, List<Numbered>>();
    for (int i = 0; i < plan.calls().size(); i++) {
      WorkerCall call = plan.calls().get(i);
      byServer
          .computeIfAbsent(call.server(), server -> new ArrayList<>())
          .add(new Numbered(i, call));
    }
    var servers = new ArrayList<Future<Void>>();
    byServer.forEach(
        (server, calls) ->
            servers.add(
                plan.mode() == Mode.REPORT ? report(server, calls) : inBlock(server, calls)));
    return StatementRun.allOf(servers).map(done -> answer());
  }

  private Ended answer() {
    if (plan.mode() == Mode.DDL || plan.mode() == Mode.REPLICAS) {
      run.transaction().markSchemaChanged();
    }
    var json = new JsonArray();
    answers.values().forEach(json::add);
    if (run.describe()) {
      run.listener().description(MadeRows.description("result"));
    }
    run.channel()
        .emit(
            new SessionEvent.Rows(
                run.channel().id(), run.statement(), MadeRows.rows(List.of(json.encode()))));
    return new Ended.Done("INSERT 0 1");
  }

  private Future<Void> inBlock(Server server, List<Numbered> calls) {
    return run.transaction()
        .join(run.session().addressOf(server), Block.BEGIN)
        .compose(
            participant -> {
              participant.markWriter();
              participant.enter(Participant.Mode.CLIENT);
              return inOrder(calls, call -> call(participant.connection(), call));
            });
  }

  private Future<Void> report(Server server, List<Numbered> calls) {
    return run.session()
        .withServer(
            run.session().addressOf(server),
            connection ->
                inOrder(
                    calls,
                    call ->
                        call(connection, call).recover(cause -> failed(call, cause, connection))))
        .recover(cause -> unreachable(calls, cause));
  }

  private static Future<Void> inOrder(
      List<Numbered> calls, java.util.function.Function<Numbered, Future<Void>> work) {
    Future<Void> chain = Future.succeededFuture();
    for (Numbered call : calls) {
      chain = chain.compose(done -> work.apply(call));
    }
    return chain;
  }

  private Future<Void> call(BackendConnection connection, Numbered numbered) {
    var reader = new RowReader();
    return Flight.simple(connection, numbered.call().sql(), reader)
        .future()
        .onSuccess(outcome -> succeeded(numbered, reader, outcome))
        .mapEmpty();
  }

  /** The first value of the first row, or the command tag when there are no rows. */
  private void succeeded(Numbered numbered, RowReader reader, Flight.Outcome outcome) {
    boolean returnsRows = !reader.rows().isEmpty() && !reader.rows().getFirst().isEmpty();
    String result = returnsRows ? reader.rows().getFirst().getFirst() : noRows(outcome.lastTag());
    put(numbered, true, result);
  }

  private static String noRows(String tag) {
    return tag.startsWith("SELECT") ? "" : tag;
  }

  private Future<Void> failed(Numbered numbered, Throwable cause, BackendConnection connection) {
    put(numbered, false, "ERROR:  " + SqlError.from(cause).fields().message());
    return connection.closed() ? Future.failedFuture(cause) : Future.succeededFuture();
  }

  private Future<Void> unreachable(List<Numbered> calls, Throwable cause) {
    for (Numbered numbered : calls) {
      if (!answers.containsKey(numbered.index())) {
        put(numbered, false, "ERROR:  " + SqlError.from(cause).fields().message());
      }
    }
    return Future.succeededFuture();
  }

  private void put(Numbered numbered, boolean success, String result) {
    Server server = numbered.call().server();
    answers.put(
        numbered.index(),
        new JsonObject()
            .put("server", server.host() + ":" + server.port())
            .put("success", success)
            .put("result", result));
  }
}
