package io.pgmesh.executor.run;

import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.RowLocks;
import io.pgmesh.contracts.plan.Server;
import io.pgmesh.executor.tx.Connections;
import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.tx.SessionTransaction;
import io.pgmesh.executor.tx.SettingTexts;
import io.pgmesh.executor.tx.StartupSettings;
import io.pgmesh.executor.worker.Address;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.Claims;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Listener;
import io.pgmesh.executor.worker.RowReader;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What a client has in the mesh between its statements: a transaction, settings, and the server
 * connections that are its own for now.
 */
final class Session implements Connections {
  private final Executor executor;
  private final String role;
  private final Map<String, String> startupParameters;
  private final StatementRunner runner = new StatementRunner(this);
  private final List<Channel> loopbacks = new ArrayList<>();
  private final Set<BackendConnection> leased = new HashSet<>();
  private final Claims claims = new Claims();
  private final Leftovers leftovers = new Leftovers(this);
  private final StatementClock clock = new StatementClock(this);
  private final Map<BackendConnection, Future<Void>> cancels = new HashMap<>();
  private final Map<String, String> reported = new HashMap<>();
  private Map<String, String> startup;
  private Map<String, String> settings;
  private Optional<SessionTransaction> transaction = Optional.empty();
  private Optional<BackendConnection> bound = Optional.empty();
  private RowLocks locks = RowLocks.NONE;
  private boolean binding;
  private boolean closed;
  private long names;
  private Channel main;

  Session(Executor executor, String role, Map<String, String> startupParameters) {
    this.executor = executor;
    this.role = role;
    this.startupParameters = startupParameters;
    begin(executor.roleSettings().last(role));
  }

  private void begin(SeenRoleSettings.Seen ofRole) {
    startup = StartupSettings.of(ofRole.statements(), startupParameters);
    settings = startup;
  }

  /** Checks the role and the startup settings on a coordinator connection. */
  Future<Map<String, String>> start() {
    var supposed = executor.roleSettings().last(role);
    begin(supposed);
    return withCoordinator(connection -> start(connection, supposed));
  }

  private Future<Map<String, String>> start(
      BackendConnection connection, SeenRoleSettings.Seen ofRole) {
    return SessionParameters.read(connection)
        .compose(
            read -> {
              if (!read.roleSettings().equals(ofRole.text())) {
                return startAnew(connection, read.roleSettings());
              }
              reported.putAll(read.parameters());
              clock.atStart(read.statementTimeout());
              return Future.succeededFuture(Map.copyOf(read.parameters()));
            });
  }

  /** ALTER ROLE or ALTER DATABASE came between: what they said at login is old in the pool. */
  private Future<Map<String, String>> startAnew(BackendConnection connection, String text) {
    executor.pools().renewCoordinator(role);
    return executor
        .roleSettings()
        .learn(connection, role, text)
        .compose(
            learned -> {
              begin(learned);
              return applySettings(connection).compose(done -> start(connection, learned));
            });
  }

  /**
   * Runs something small outside the transaction, on a coordinator connection with the session's
   * settings.
   */
  <T> Future<T> withCoordinator(Function<BackendConnection, Future<T>> work) {
    return withServer(coordinator(), work);
  }

  /** The same on any server. */
  <T> Future<T> withServer(Address address, Function<BackendConnection, Future<T>> work) {
    claims.brief(true); // a login or a setting does not wait for others' transactions
    return lease(address)
        .onComplete(done -> claims.brief(false))
        .compose(
            connection ->
                applySettings(connection)
                    .compose(ready -> work.apply(connection))
                    .eventually(
                        () -> {
                          giveBack(connection);
                          return Future.succeededFuture();
                        }));
  }

  private Future<Void> applySettings(BackendConnection connection) {
    List<String> statements = SettingTexts.difference(connection, settings);
    if (statements.isEmpty()) {
      return Future.succeededFuture();
    }
    var flights = new ArrayList<Future<Flight.Outcome>>();
    for (String sql : statements) {
      flights.add(Flight.simple(connection, sql, Listener.NONE).future());
    }
    return StatementRun.allOf(flights)
        .onSuccess(done -> connection.settings(settings))
        .onFailure(cause -> connection.close())
        .mapEmpty();
  }

  void main(Channel channel) {
    main = channel;
  }

  Channel main() {
    return main;
  }

  /** Whether the coordinator database has not yet ended all that it read through the loopback. */
  boolean hasOpenScans() {
    return loopbacks.stream().anyMatch(loopback -> !loopback.cursors().isEmpty());
  }

  void attach(Channel loopback) {
    loopbacks.add(loopback);
  }

  Executor executor() {
    return executor;
  }

  String role() {
    return role;
  }

  Map<String, String> startup() {
    return startup;
  }

  Map<String, String> settings() {
    return settings;
  }

  void settings(Map<String, String> changed) {
    settings = changed;
  }

  Optional<SessionTransaction> transaction() {
    return transaction;
  }

  /** Begins a transaction; servers join it later. */
  SessionTransaction begin(SessionTransaction.Kind kind, String sql) {
    var begun = new SessionTransaction(this, kind, sql, settings);
    transaction = Optional.of(begun);
    return begun;
  }

  /** The transaction is over everywhere: its connections go back. */
  void endTransaction() {
    List<Participant> participants =
        transaction.map(ended -> List.copyOf(ended.participants())).orElse(List.of());
    transaction = Optional.empty();
    participants.forEach(participant -> giveBack(participant.connection()));
  }

  /** What scans of the statement that the coordinator database runs do about row locks. */
  RowLocks locks() {
    return locks;
  }

  void locks(RowLocks ofStatement) {
    locks = ofStatement;
  }

  /** From now on one coordinator connection stays with the session. */
  void bind() {
    binding = true;
  }

  /** What bound the session is gone. */
  void unbind() {
    binding = false;
    leftovers.discarded();
  }

  /** The major version of the coordinator database. */
  int coordinatorVersion() {
    String version = reported.get("server_version");
    int end = 0;
    while (end < version.length() && Character.isDigit(version.charAt(end))) {
      end++;
    }
    return Integer.parseInt(version, 0, end, 10);
  }

  /** A name for a portal or a table, unique in the session. */
  String newName(String what) {
    return "pgmesh_" + what + "_" + newNumber();
  }

  /** A number that this session has not used in a name. */
  long newNumber() {
    return ++names;
  }

  Address addressOf(Server server) {
    return executor.addressOf(server);
  }

  @Override
  public Address coordinator() {
    return executor.coordinator();
  }

  @Override
  public boolean keepsCoordinator() {
    return binding;
  }

  @Override
  public Future<BackendConnection> lease(Address address) {
    if (address.equals(coordinator())) {
      Optional<BackendConnection> own = bound.filter(connection -> !connection.busy());
      return own.map(Future::succeededFuture).orElseGet(() -> clock.watch(leaseCoordinator()));
    }
    return clock.watch(executor.pools().acquire(address, role, claims).onSuccess(leased::add));
  }

  private Future<BackendConnection> leaseCoordinator() {
    return executor
        .pools()
        .acquire(coordinator(), role, claims)
        .compose(
            connection -> {
              leased.add(connection);
              return executor.coordinatorUsed(connection, this).map(connection);
            });
  }

  @Override
  public void giveBack(BackendConnection connection) {
    boolean coordinates = connection.address().equals(coordinator());
    boolean binds = binding && (bound.isEmpty() || bound.get() == connection);
    if (coordinates && binds && !connection.closed()) {
      if (closed) {
        drop(connection); // whatever binds the session dies with it
        bound = Optional.empty();
        return;
      }
      bound = Optional.of(connection);
      connection.unsolicited(new BoundListener(main));
      return;
    }
    if (bound.filter(own -> own == connection).isPresent()) {
      bound = Optional.empty();
    }
    Future<Void> cancelled = cancels.remove(connection);
    if (cancelled == null) {
      returnToPool(connection, coordinates);
    } else { // the cancel must not hit the next user of the connection
      cancelled
          .compose(sent -> RowReader.simple(connection, "SELECT 1"))
          .onComplete(done -> returnToPool(connection, coordinates));
    }
  }

  private void returnToPool(BackendConnection connection, boolean coordinates) {
    leased.remove(connection);
    connection.unsolicited(Listener.NONE);
    if (coordinates) {
      executor.coordinatorFree(connection);
    }
    executor.pools().release(connection);
  }

  /** Tells the client of a reported parameter's new value, once. */
  void parameterChanged(String name, String value) {
    if (!value.equals(reported.put(name, value))) {
      main.emit(new SessionEvent.ParameterChanged(main.id(), name, value));
    }
  }

  void command(Channel channel, SessionCommand command) {
    switch (command) {
      case SessionCommand.Execute execute -> runner.execute(channel, execute);
      case SessionCommand.Resume resume -> runner.resume(channel, resume);
      case SessionCommand.CloseStatement close -> runner.closeStatement(channel, close);
      case SessionCommand.Credit more -> channel.addCredit(more.batches());
      case SessionCommand.CopyData data ->
          channel.copyTarget().data(data.bytes(), () -> copyTaken(channel));
      case SessionCommand.CopyDone done -> channel.copyTarget().done();
      case SessionCommand.CopyFail fail -> channel.copyTarget().fail(fail.reason());
      case SessionCommand.Inspect inspect -> runner.inspect(channel, inspect);
      case SessionCommand.Hash hash -> runner.hash(channel, hash);
      case SessionCommand.LoadCatalog load -> runner.loadCatalog(channel, load);
      case SessionCommand.Cancel cancel -> cancel(channel);
      case SessionCommand.Close close -> close(channel);
    }
  }

  private static void copyTaken(Channel channel) {
    channel.emit(new SessionEvent.CopyCredit(channel.id(), 1));
  }

  private void cancel(Channel channel) {
    if (channel.loopback()) {
      channel.dropRows();
      channel.copyTarget().cancel();
      cancelWorkers();
    } else {
      cancel(StatementRunner.cancelled());
    }
  }

  /** Cancels the client's statement. */
  void cancel(SqlError why) {
    main.dropRows();
    main.copyTarget().cancel();
    claims.abandon(why);
    leased.stream().filter(BackendConnection::busy).forEach(this::cancel);
  }

  Leftovers leftovers() {
    return leftovers;
  }

  StatementClock clock() {
    return clock;
  }

  /** The statement that the loopback worked for has failed: nobody reads its rows any more. */
  void abandonLoopback() {
    loopbacks.forEach(Channel::dropRows);
    if (!loopbacks.isEmpty()) {
      cancelWorkers();
    }
  }

  /** Cancels what workers run for this session. */
  void cancelWorkers() {
    leased.stream()
        .filter(connection -> !connection.address().equals(coordinator()))
        .filter(BackendConnection::busy)
        .forEach(this::cancel);
  }

  /** Completes when no cancel is on its way that could hit what is sent next. */
  Future<Void> cancelsArrived() {
    return cancels.isEmpty()
        ? Future.succeededFuture()
        : Future.join(List.copyOf(cancels.values())).mapEmpty();
  }

  private void cancel(BackendConnection connection) {
    Future<Void> last = cancels.get(connection);
    if (last == null || last.isComplete()) {
      cancels.put(connection, executor.pools().cancel(connection));
    }
  }

  private void close(Channel channel) {
    if (channel == main) {
      close();
    } else {
      loopbacks.remove(channel);
      channel.cursors().values().forEach(Portal::close);
      executor.remove(channel);
    }
  }

  private void drop(BackendConnection connection) {
    leased.remove(connection);
    connection.unsolicited(Listener.NONE);
    executor.coordinatorFree(connection);
    connection.close();
  }

  /** The router cannot be reached any more, so the client is gone too. */
  void routerGone() {
    close();
  }

  /** Rolls back and gives everything back. */
  Future<Void> close() {
    if (closed) {
      return Future.succeededFuture();
    }
    closed = true;
    claims.end();
    main.dropRows();
    main.copyTarget().fail("the client is gone");
    claims.abandon(StatementRunner.cancelled());
    leased.stream().filter(BackendConnection::busy).forEach(this::cancel);
    return runner
        .idle()
        .compose(idle -> runner.abandon())
        .onComplete(
            done -> {
              bound.ifPresent(this::drop);
              List.copyOf(leased).stream()
                  .filter(BackendConnection::closed)
                  .forEach(leased::remove);
              loopbacks.forEach(executor::remove);
              executor.remove(main);
              executor.remove(this);
            });
  }
}
