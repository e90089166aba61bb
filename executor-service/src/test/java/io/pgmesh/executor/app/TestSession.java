package io.pgmesh.executor.app;

import io.pgmesh.contracts.api.ExecutorApi;
import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.contracts.plan.Task;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A router's part, blocking: sends commands and collects events. */
final class TestSession {

  /** All of a statement's answers. */
  record Answer(List<List<String>> rows, SessionEvent closing, List<SessionEvent> others) {
    String tag() {
      return closing instanceof SessionEvent.Completed completed ? completed.tag() : "";
    }

    SessionEvent.State state() {
      return switch (closing) {
        case SessionEvent.Completed completed -> completed.state();
        case SessionEvent.Suspended suspended -> suspended.state();
        case SessionEvent.Failed failed -> failed.state();
        default -> throw new AssertionError(closing);
      };
    }

    /** The only value. */
    String value() {
      return rows.getFirst().getFirst();
    }
  }

  private final TestMesh mesh;
  private final LinkedBlockingQueue<SessionEvent> events = new LinkedBlockingQueue<>();
  private final ExecutorApi.Opened opened;
  private long statements;
  boolean givesCredit = true;

  TestSession(TestMesh mesh, String role, Map<String, String> settings) {
    this.mesh = mesh;
    String address = listen();
    try {
      opened =
          TestMesh.await(
              ExecutorApi.OPEN.ask(
                  mesh.vertx(), new ExecutorApi.OpenSession(role, settings, address)));
    } catch (Exception e) {
      throw asError(e);
    }
  }

  private TestSession(TestMesh mesh, int backendPid) {
    this.mesh = mesh;
    String address = listen();
    try {
      opened =
          TestMesh.await(
              ExecutorApi.ATTACH.ask(
                  mesh.vertx(), new ExecutorApi.AttachLoopback(backendPid, address)));
    } catch (Exception e) {
      throw asError(e);
    }
  }

  private static RuntimeException asError(Exception e) {
    return e.getCause() instanceof SqlError error ? error : new IllegalStateException(e);
  }

  static TestSession loopback(TestMesh mesh, int backendPid) {
    return new TestSession(mesh, backendPid);
  }

  private String listen() {
    String address = "test.events." + UUID.randomUUID();
    mesh.vertx().eventBus().<SessionEvent>consumer(address, message -> heard(message.body()));
    return address;
  }

  private void heard(SessionEvent event) {
    events.add(event);
    if (event instanceof SessionEvent.Rows rows && givesCredit) {
      send(new SessionCommand.Credit(channel(), rows.credit()));
    }
  }

  long channel() {
    return opened.channel();
  }

  Map<String, String> parameters() {
    return opened.parameters();
  }

  void send(SessionCommand command) {
    mesh.vertx().eventBus().send(opened.commandsAddress(), command);
  }

  /** Starts a statement; {@link #answer} waits for it. */
  long start(Plan plan, Arguments arguments, int maxRows) {
    long statement = ++statements;
    send(new SessionCommand.Execute(channel(), statement, plan, arguments, maxRows, true));
    return statement;
  }

  Answer run(Plan plan) {
    start(plan, Arguments.NONE, 0);
    return answer();
  }

  Answer run(Plan plan, Arguments arguments) {
    start(plan, arguments, 0);
    return answer();
  }

  /** A statement in the coordinator database that only reads. */
  Answer read(String sql) {
    return run(new Plan.Coordinator(SqlText.unchanged(sql), Plan.Use.READ));
  }

  /** A statement in the coordinator database that may write. */
  Answer write(String sql) {
    return run(new Plan.Coordinator(SqlText.unchanged(sql), Plan.Use.BLOCK));
  }

  Answer onWorker(int group, String sql, boolean writes) {
    return run(new Plan.OneShard(task(group, sql), writes));
  }

  Answer onWorkers(String sql, boolean writes) {
    return run(new Plan.Scatter(List.of(task(1, sql), task(2, sql)), new Gather.Concat(), writes));
  }

  Task task(int group, String sql) {
    return new Task(mesh.server(group), SqlText.unchanged(sql), List.of(102008L));
  }

  Answer verb(Plan.Transaction.Verb verb, String savepoint, String sql) {
    return run(new Plan.Transaction(verb, savepoint, SqlText.unchanged(sql)));
  }

  Answer begin() {
    return verb(Plan.Transaction.Verb.BEGIN, "", "BEGIN");
  }

  Answer commit() {
    return verb(Plan.Transaction.Verb.COMMIT, "", "COMMIT");
  }

  Answer rollback() {
    return verb(Plan.Transaction.Verb.ROLLBACK, "", "ROLLBACK");
  }

  Answer set(String name, Plan.Setting.Scope scope, String sql) {
    return run(new Plan.Setting(name, scope, SqlText.unchanged(sql)));
  }

  SessionEvent next() {
    try {
      SessionEvent event = events.poll(20, TimeUnit.SECONDS);
      if (event == null) {
        throw new AssertionError("no event within 20 seconds");
      }
      return event;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Skips events until one of this type. */
  <T extends SessionEvent> T await(Class<T> type) {
    while (true) {
      SessionEvent event = next();
      if (type.isInstance(event)) {
        return type.cast(event);
      }
      if (event instanceof SessionEvent.Failed) {
        throw new AssertionError(event);
      }
    }
  }

  int waiting() {
    return events.size();
  }

  /** Waits for the closing event. */
  Answer answer() {
    var rows = new ArrayList<List<String>>();
    var others = new ArrayList<SessionEvent>();
    while (true) {
      SessionEvent event = next();
      switch (event) {
        case SessionEvent.Rows batch -> rows.addAll(rows(batch.frames()));
        case SessionEvent.Completed completed -> {
          return new Answer(rows, completed, others);
        }
        case SessionEvent.Suspended suspended -> {
          return new Answer(rows, suspended, others);
        }
        case SessionEvent.Failed failed -> {
          return new Answer(rows, failed, others);
        }
        case SessionEvent.Lost lost -> throw new AssertionError(lost);
        default -> others.add(event);
      }
    }
  }

  void close() {
    send(new SessionCommand.Close(channel()));
  }

  /** DataRows as columns; a CopyData message is one column. */
  static List<List<String>> rows(Buffer frames) {
    var rows = new ArrayList<List<String>>();
    int at = 0;
    while (at < frames.length()) {
      int end = at + 1 + frames.getInt(at + 1);
      if (frames.getByte(at) == 'd') {
        rows.add(List.of(frames.getString(at + 5, end)));
      } else {
        rows.add(columns(frames, at + 5));
      }
      at = end;
    }
    return rows;
  }

  private static List<String> columns(Buffer frames, int from) {
    int at = from + 2;
    var columns = new ArrayList<String>();
    for (int i = 0; i < frames.getShort(from); i++) {
      int length = frames.getInt(at);
      at += 4;
      columns.add(
          length < 0 ? null : new String(frames.getBytes(at, at + length), StandardCharsets.UTF_8));
      at += Math.max(length, 0);
    }
    return columns;
  }
}
