package io.pgmesh.executor.run;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Use;
import io.pgmesh.contracts.plan.RowLocks;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.tx.SessionTransaction.Block;
import io.pgmesh.executor.tx.SessionTransaction.Kind;
import io.pgmesh.executor.worker.Address;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Frames;
import io.pgmesh.executor.worker.Listener;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Runs statements as they are: in the coordinator database, on one worker or on several. */
final class StatementRun {
  private static final String PREPARED_STATEMENTS = "pg_prepared_statements";

  private StatementRun() {}

  static Future<Ended> coordinator(Plan.Coordinator plan, Execution run) {
    boolean inParts = run.inParts() && !plan.use().judgedByBlock();
    boolean writes = plan.use() == Plan.Use.BLOCK;
    run.session().locks(plan.locks());
    return run.transaction()
        .join(run.session().coordinator(), writes || inParts ? Block.BEGIN : Block.BARE)
        .compose(
            participant -> {
              notePossibleWrites(plan, participant);
              run.session().leftovers().watch(plan.effects().code(), participant);
              if (!inParts) {
                Future<Ended> ended = whole(participant, plan.sql(), run, run.listener());
                if (!participant.inBlock()) {
                  participant.look(); // its transaction is over with it
                }
                return ended;
              }
              return inParts(participant, plan, run)
                  .map(portal -> new LockingPortal(portal, run.session(), plan.locks()))
                  .compose(portal -> firstPart(portal, run));
            })
        .recover(cause -> Future.failedFuture(ErrorMapping.ofText(plan.sql(), cause)));
  }

  static void notePossibleWrites(Plan.Coordinator plan, Participant coordinator) {
    boolean writes = plan.use() == Plan.Use.BLOCK;
    if (writes) {
      coordinator.markWriter();
    }
    if (writes || plan.effects().bindsSession()) {
      coordinator.connection().sequenceValues().taken();
    }
  }

  static Future<Ended> oneShard(Plan.OneShard plan, Execution run) {
    return run.inParts()
        ? scatter(List.of(plan.task()), plan.writes() ? Use.BLOCK : Use.READ, run)
        : OneShardRun.run(plan, run);
  }

  /** Rows of all tasks as they come. */
  static Future<Ended> scatter(List<Task> tasks, Use use, Execution run) {
    if (tasks.isEmpty()) {
      return Future.failedFuture(new IllegalStateException("a plan without tasks"));
    }
    boolean writes = use == Use.BLOCK;
    if (run.inParts() && !use.judgedByBlock()) {
      return openPortals(tasks, writes, run).compose(portal -> firstPart(portal, run));
    }
    return send(tasks, writes, run, run.listener()::of).map(tags -> new Ended.Done(Tags.sum(tags)));
  }

  /** Copies of all tasks, as one. */
  static Future<Ended> copyOut(List<Task> tasks, boolean header, Execution run) {
    var copy = new CopyOut(run.listener(), header);
    return send(tasks, false, run, copy::of)
        .onSuccess(tags -> copy.end())
        .map(tags -> new Ended.Done(Tags.sum(tags)));
  }

  /** Rows of all tasks, which only read, to one listener. */
  static Future<List<String>> toListener(List<Task> tasks, Execution run, Listener listener) {
    return send(tasks, false, run, task -> listener);
  }

  /** Tasks that change workers as the coordinator database was changed, whose notices were told. */
  static Future<List<String>> writeInBlock(List<Task> tasks, Execution run) {
    Map<Address, List<Task>> byServer = byServer(tasks, run);
    return joinAll(byServer, true, Block.BEGIN, run)
        .compose(participants -> sendAll(participants, byServer, run, task -> Listener.NONE));
  }

  static Future<List<String>> send(
      List<Task> tasks, boolean writes, Execution run, Function<Task, Listener> listeners) {
    Map<Address, List<Task>> byServer = byServer(tasks, run);
    // settings of a mode last as long as the block
    boolean inBlock =
        writes && (byServer.size() > 1 || run.inParts()) || run.mode() == Participant.Mode.EXACT;
    return joinAll(byServer, writes, inBlock ? Block.BEGIN : Block.BARE, run)
        .compose(participants -> sendAll(participants, byServer, run, listeners));
  }

  /** Named portals for all tasks, all opened before any is read. */
  static Future<Portal> openPortals(List<Task> tasks, boolean writes, Execution run) {
    Map<Address, List<Task>> byServer = byServer(tasks, run);
    return joinAll(byServer, writes, Block.BEGIN, run)
        .compose(
            participants -> {
              var opening = new ArrayList<Future<Portal>>();
              for (Participant participant : participants) {
                for (Task task : byServer.get(participant.address())) {
                  opening.add(openPortal(participant, task, run));
                }
              }
              return allOf(opening);
            })
        .map(portals -> new TaskPortals(portals, writes));
  }

  private static Future<Portal> openPortal(Participant participant, Task task, Execution run) {
    run.session().leftovers().watch(task, participant);
    return ServerPortal.open(
        participant,
        run.mode(),
        run.session().newName("portal"),
        task.sql(),
        run.arguments(),
        cause -> ErrorMapping.ofTask(task, cause));
  }

  private static Map<Address, List<Task>> byServer(List<Task> tasks, Execution run) {
    var byServer = new LinkedHashMap<Address, List<Task>>();
    tasks.forEach(
        task ->
            byServer
                .computeIfAbsent(
                    run.session().addressOf(task.server()), server -> new ArrayList<>())
                .add(task));
    return byServer;
  }

  /**
   * All that a lone statement reads through the loopback is of one snapshot, unless it locks rows:
   * then it gets those as they are when it has waited for them.
   */
  static Block block(Block wanted, Execution run) {
    boolean loopbackAlone = run.channel().loopback() && run.transaction().kind() == Kind.STATEMENT;
    if (!loopbackAlone) {
      return wanted;
    }
    return run.session().locks() == RowLocks.NONE ? Block.SNAPSHOT : Block.BEGIN;
  }

  private static Future<List<Participant>> joinAll(
      Map<Address, List<Task>> byServer, boolean writes, Block wanted, Execution run) {
    Block block = block(wanted, run);
    List<Future<Participant>> joining =
        byServer.keySet().stream().map(address -> run.transaction().join(address, block)).toList();
    return allOf(joining)
        .onSuccess(
            participants -> {
              if (writes) {
                participants.forEach(
                    participant ->
                        byServer
                            .get(participant.address())
                            .forEach(task -> participant.markWriter(task.shardIds())));
              }
            });
  }

  private static Future<List<String>> sendAll(
      List<Participant> participants,
      Map<Address, List<Task>> byServer,
      Execution run,
      Function<Task, Listener> listeners) {
    var flights = new ArrayList<Future<List<String>>>();
    for (Participant participant : participants) {
      participant.enter(run.mode());
      List<Task> tasks = byServer.get(participant.address());
      tasks.forEach(task -> run.session().leftovers().watch(task, participant));
      Listener listener = listeners.apply(tasks.getFirst());
      flights.add(
          sendTasks(participant, tasks, run, listener)
              .onFailure(cause -> run.session().cancelWorkers()));
    }
    return allOf(flights).map(tags -> tags.stream().flatMap(List::stream).toList());
  }

  private static Future<List<String>> sendTasks(
      Participant participant, List<Task> tasks, Execution run, Listener listener) {
    var flight =
        new ServerFlight(participant, tasks.stream().map(Task::sql).toList(), run, listener);
    return flight
        .send()
        .map(Flight.Outcome::tags)
        .recover(
            cause -> {
              Task failed = tasks.get(Math.min(flight.completed(), tasks.size() - 1));
              return Future.failedFuture(ErrorMapping.ofTask(failed, cause));
            });
  }

  /** A statement of the coordinator database whose rows go to the listener at once. */
  static Future<Ended> whole(
      Participant participant, SqlText sql, Execution run, Listener listener) {
    var frames = new Frames();
    if (sql.text().contains(PREPARED_STATEMENTS)) {
      participant.connection().statements().close(frames); // they are none of the client's
    }
    frames.parse("", sql.text(), run.arguments()).bind("", "", run.arguments());
    if (run.describe()) {
      frames.describePortal("");
    }
    frames.execute("", 0);
    return Flight.extended(participant.connection(), frames, listener)
        .future()
        .compose(outcome -> endScans(participant, run).map(new Ended.Done(outcome.lastTag())));
  }

  /**
   * A server ends a statement's scans when the next one takes its place. That one may wait then for
   * workers that wait for it.
   */
  private static Future<Void> endScans(Participant participant, Execution run) {
    return run.session().hasOpenScans()
        ? Flight.extended(participant.connection(), new Frames().closePortal(""), Listener.NONE)
            .future()
            .mapEmpty()
        : Future.succeededFuture();
  }

  /** A named portal of the coordinator database. */
  static Future<Portal> open(Participant participant, SqlText sql, Execution run) {
    return ServerPortal.open(
        participant,
        run.mode(),
        run.session().newName("portal"),
        sql,
        run.arguments(),
        cause -> ErrorMapping.ofText(sql, cause));
  }

  /** A statement of the coordinator database whose rows the client takes in parts. */
  private static Future<Portal> inParts(
      Participant participant, Plan.Coordinator plan, Execution run) {
    return plan.effects().cursor() == Plan.Cursor.BECOMES
        ? CursorPortal.open(participant, plan.sql(), run)
        : ServerPortal.open(
            participant,
            Participant.Mode.CLIENT,
            run.session().newName("portal"),
            plan.sql(),
            run.arguments(),
            SqlError::from);
  }

  static Future<Ended> firstPart(Portal portal, Execution run) {
    return portal
        .fetch(run.maxRows(), run.describe(), run.listener())
        .map(part -> ended(portal, part));
  }

  static Ended ended(Portal portal, Portal.Part part) {
    return part.done() ? new Ended.Done(part.tag()) : new Ended.MoreRows(portal);
  }

  /** Waits for all of them to settle; fails with what failed first in time. */
  static <T> Future<List<T>> allOf(List<Future<T>> futures) {
    Promise<List<T>> promise = Promise.promise();
    var first = new Throwable[1];
    futures.forEach(
        future ->
            future.onFailure(
                cause -> {
                  if (first[0] == null) {
                    first[0] = cause;
                  }
                }));
    Future.join(futures)
        .onComplete(
            done -> {
              if (first[0] != null) {
                promise.fail(first[0]);
              } else {
                promise.complete(futures.stream().map(Future::result).toList());
              }
            });
    return promise.future();
  }
}
