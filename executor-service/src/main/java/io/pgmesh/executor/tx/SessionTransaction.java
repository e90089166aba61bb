package io.pgmesh.executor.tx;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.executor.worker.Address;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Listener;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A transaction of a session over every server that it touches. Servers join when a statement first
 * needs them: then BEGIN as the client wrote it, and everything since that lasts (settings,
 * savepoints), is replayed there.
 */
public final class SessionTransaction {

  /** What opened it and so what ends it. */
  public enum Kind {
    /** One statement outside any block. */
    STATEMENT,
    /** Statements of one message. */
    IMPLICIT,
    /** BEGIN. */
    EXPLICIT
  }

  /** How a server joins. */
  public enum Block {
    /** No BEGIN when the transaction is only one statement. */
    BARE,
    /** In a transaction block in any case. */
    BEGIN,
    /**
     * As {@link #BEGIN}, for the coordinator database's own reads: one snapshot for all of them.
     */
    SNAPSHOT
  }

  private enum What {
    SETTING,
    /** The client's. */
    SAVEPOINT,
    /** Of a subtransaction inside one of the client's statements. */
    INNER_SAVEPOINT
  }

  /**
   * Something to be replayed where a server joins later.
   *
   * @param ofServers where there are any, only these servers get it, each its own text
   */
  private record Entry(
      What what,
      String name,
      String sql,
      Map<Address, String> ofServers,
      UnaryOperator<Map<String, String>> lasting) {
    Optional<String> sqlFor(Address server) {
      return Optional.ofNullable(ofServers.isEmpty() ? sql : ofServers.get(server));
    }
  }

  private static final Pattern READ_ONLY =
      Pattern.compile("read[_\\s]+only", Pattern.CASE_INSENSITIVE);

  private final Connections connections;
  private final Map<String, String> settingsAtStart;
  private final Map<Address, Participant> participants = new LinkedHashMap<>();
  private final Map<Address, Future<Participant>> joining = new HashMap<>();
  private final List<Entry> log = new ArrayList<>();
  private Kind kind;
  private String begin;
  private boolean ending;
  private boolean failed;
  private boolean schemaChanged;
  private boolean unreadCursors;
  private final ReferenceChanges referenceChanges = new ReferenceChanges();
  private byte[] time; // null until someone asks

  public SessionTransaction(
      Connections connections, Kind kind, String begin, Map<String, String> settings) {
    this.connections = connections;
    this.kind = kind;
    this.begin = begin;
    this.settingsAtStart = settings;
  }

  public Kind kind() {
    return kind;
  }

  /** An implicit block met BEGIN. */
  public void makeExplicit(String beginSql) {
    kind = Kind.EXPLICIT;
    if (participants.isEmpty()) {
      begin = beginSql;
    }
  }

  public String begin() {
    return begin;
  }

  public boolean failed() {
    return failed;
  }

  public void fail() {
    failed = true;
  }

  public boolean schemaChanged() {
    return schemaChanged;
  }

  public void markSchemaChanged() {
    schemaChanged = true;
  }

  /** Whether a cursor is declared whose rows may not have been read yet. */
  public boolean hasUnreadCursors() {
    return unreadCursors;
  }

  public void cursorDeclared() {
    unreadCursors = true;
  }

  public void cursorsRead() {
    unreadCursors = false;
  }

  public ReferenceChanges referenceChanges() {
    return referenceChanges;
  }

  /**
   * The time at which it began in the coordinator database, the same until it ends.
   *
   * @param block how the coordinator database joins when it has no part yet
   * @return as binary {@code timestamptz}
   */
  public Future<byte[]> time(Block block) {
    return time == null
        ? joined(connections.coordinator(), block)
            .compose(TransactionTime::ofTransaction)
            .onSuccess(answer -> time = answer)
        : Future.succeededFuture(time);
  }

  /** The time by the same clock, as binary {@code timestamptz}, where the statement begins now. */
  public Future<byte[]> statementTime() {
    return joined(connections.coordinator(), Block.BARE).compose(TransactionTime::ofStatement);
  }

  /** What it has done to reference tables; empty where the coordinator database has no part. */
  public Future<Optional<ReferenceChanges.State>> referenceState() {
    return coordinator()
        .filter(Participant::inBlock)
        .map(present -> referenceChanges.ask(present).map(Optional::of))
        .orElseGet(() -> Future.succeededFuture(Optional.empty()));
  }

  /** Whether the commit must find the changes on the replicas. */
  public Future<Boolean> carriesBeforeCommit() {
    return referenceState()
        .map(
            known ->
                known
                    .filter(state -> !state.xid().isEmpty())
                    .filter(
                        state -> state.beforeCommit() || referenceChanges.carriers().isPresent())
                    .isPresent());
  }

  public Collection<Participant> participants() {
    return participants.values();
  }

  public Optional<Participant> coordinator() {
    return Optional.ofNullable(participants.get(connections.coordinator()));
  }

  /** Workers only. */
  public List<Participant> workers() {
    return participants.values().stream()
        .filter(participant -> !participant.address().equals(connections.coordinator()))
        .toList();
  }

  /**
   * Whether the coordinator database's part only told the time, so that its end changes nothing.
   */
  boolean coordinatorOnlyToldTime() {
    return coordinator().filter(part -> !part.used() && !part.wrote()).isPresent()
        && !connections.keepsCoordinator();
  }

  /** The server's part, its connection ready for statements to be sent at once. */
  public Future<Participant> join(Address address, Block block) {
    return joined(address, block).onSuccess(Participant::use);
  }

  private Future<Participant> joined(Address address, Block block) {
    Participant present = participants.get(address);
    if (present != null) {
      ensureBlock(present, block);
      return Future.succeededFuture(present);
    }
    Future<Participant> pending = joining.get(address);
    if (pending == null) {
      pending = connections.lease(address).map(connection -> pin(address, connection));
      if (!pending.isComplete()) {
        joining.put(address, pending);
        pending.onComplete(done -> joining.remove(address));
      }
    }
    return pending.map(
        participant -> {
          ensureBlock(participant, block);
          return participant;
        });
  }

  /** Whether its end is nothing to any server: one statement that ran without a block. */
  public boolean endsByItself() {
    if (kind != Kind.STATEMENT || schemaChanged || !joining.isEmpty()) {
      return false;
    }
    for (Participant participant : participants.values()) {
      if (participant.inBlock()) {
        return false;
      }
    }
    return true;
  }

  /** Completes when no server is on its way to join any more. */
  public Future<Void> settled() {
    List<Future<Participant>> pending = List.copyOf(joining.values());
    return pending.isEmpty()
        ? Future.succeededFuture()
        : Future.join(pending).mapEmpty().otherwiseEmpty().mapEmpty();
  }

  private Participant pin(Address address, BackendConnection connection) {
    var participant = new Participant(address, connection);
    participants.put(address, participant);
    List<String> difference = SettingTexts.difference(connection, settingsAtStart);
    if (!difference.isEmpty()) {
      connection.settings(settingsAtStart);
      difference.forEach(sql -> Flight.ahead(connection, sql));
    }
    return participant;
  }

  private void ensureBlock(Participant participant, Block block) {
    if (participant.inBlock() || (kind == Kind.STATEMENT && block == Block.BARE)) {
      return;
    }
    boolean snapshot = kind == Kind.STATEMENT && block == Block.SNAPSHOT;
    participant.begin(snapshot ? "BEGIN ISOLATION LEVEL REPEATABLE READ" : begin);
    log.forEach(
        entry ->
            entry
                .sqlFor(participant.address())
                .ifPresent(sql -> participant.control(sql, Listener.NONE)));
  }

  /** Whether a statement of this transaction has set it. */
  public boolean hasSetting(String name) {
    return lastSetting(name).isPresent();
  }

  /** The last statement of this transaction that has set it. */
  public Optional<String> lastSetting(String name) {
    return log.reversed().stream()
        .filter(entry -> entry.what == What.SETTING)
        .map(Entry::sql)
        .filter(sql -> sql.toLowerCase(Locale.ROOT).contains(name))
        .findFirst();
  }

  /**
   * Sends a setting to every worker in the block and remembers it for servers that join later.
   *
   * @param lasting what it does to the session's settings when the block commits
   */
  public Future<Void> setting(String sql, UnaryOperator<Map<String, String>> lasting) {
    log.add(new Entry(What.SETTING, "", sql, Map.of(), lasting));
    return toAll(workers(), sql);
  }

  /**
   * The same for a setting that ends with the transaction and whose text differs.
   *
   * @param ofServers workers that are not among them get nothing
   */
  public Future<Void> setting(String sql, Map<Address, String> ofServers) {
    if (ofServers.isEmpty()) {
      return Future.succeededFuture();
    }
    log.add(new Entry(What.SETTING, "", sql, Map.copyOf(ofServers), UnaryOperator.identity()));
    return Future.join(
            workers().stream()
                .filter(worker -> worker.inBlock() && ofServers.containsKey(worker.address()))
                .map(worker -> worker.control(ofServers.get(worker.address()), Listener.NONE))
                .toList())
        .mapEmpty();
  }

  /** Whether what it began with or has set speaks of it; a server knows for certain. */
  public boolean mayBeReadOnly() {
    return Stream.of(
            Stream.of(begin),
            settingsAtStart.values().stream(),
            log.stream().filter(entry -> entry.what == What.SETTING).map(Entry::sql))
        .flatMap(texts -> texts)
        .anyMatch(sql -> READ_ONLY.matcher(sql).find());
  }

  /** Whether a setting was made in the block. */
  public boolean changedSettings() {
    return log.stream().anyMatch(entry -> entry.what == What.SETTING);
  }

  /** Settings made in the block that outlive it. */
  public Map<String, String> keptSettings(Map<String, String> before) {
    Map<String, String> after = before;
    for (Entry entry : log) {
      after = entry.lasting.apply(after);
    }
    return after;
  }

  /** SAVEPOINT on the coordinator first: its statement may use the others. */
  public Future<Void> savepoint(String name, String sql, Listener listener) {
    return toCoordinator(sql, listener).compose(done -> workerSavepoint(What.SAVEPOINT, name, sql));
  }

  /** Everywhere what follows runs under the client's settings again. */
  public void enterClientMode() {
    participants.values().forEach(participant -> participant.enter(Participant.Mode.CLIENT));
  }

  private Future<Void> workerSavepoint(What what, String name, String sql) {
    workers().forEach(worker -> worker.enter(Participant.Mode.CLIENT));
    log.add(new Entry(what, name, sql, Map.of(), UnaryOperator.identity()));
    return toAll(workers(), sql);
  }

  /**
   * A savepoint of the loopback, which makes them late: when it has work to do, one for each
   * subtransaction that is open then. Most are the client's savepoints, and the workers have those
   * already.
   */
  public Future<Void> loopbackSavepoint(String name, String sql) {
    return ofClientsSavepoint(name)
        ? Future.succeededFuture()
        : workerSavepoint(What.INNER_SAVEPOINT, name, sql);
  }

  /** The workers release the client's savepoint after the coordinator database, by its own name. */
  public Future<Void> loopbackRelease(String name, String sql) {
    return ofClientsSavepoint(name)
        ? Future.succeededFuture()
        : workerRelease(What.INNER_SAVEPOINT, name, sql);
  }

  /** To the client's savepoint the workers go back when the client says so. */
  public Future<Void> loopbackRollbackTo(String name, String sql) {
    return ofClientsSavepoint(name)
        ? Future.succeededFuture()
        : workerRollbackTo(What.INNER_SAVEPOINT, name, sql);
  }

  /**
   * Whether a savepoint of the loopback stands for one of the client's. Its name tells the depth of
   * the coordinator database's subtransaction: {@code s2} is the first one of a transaction, and
   * the client's savepoints are the outermost ones.
   */
  private boolean ofClientsSavepoint(String name) {
    long open = log.stream().filter(entry -> entry.what == What.SAVEPOINT).count();
    return name.matches("s\\d{1,9}") && Integer.parseInt(name.substring(1)) - 1 <= open;
  }

  public Future<Void> release(String name, String sql, Listener listener) {
    if (savepointIndex(What.SAVEPOINT, name) < 0) {
      return Future.failedFuture(noSavepoint(name));
    }
    return toCoordinator(sql, listener).compose(done -> workerRelease(What.SAVEPOINT, name, sql));
  }

  private Future<Void> workerRelease(What what, String name, String sql) {
    int index = savepointIndex(what, name);
    if (index < 0) {
      return Future.failedFuture(noSavepoint(name));
    }
    List<Entry> kept =
        log.subList(index, log.size()).stream()
            .filter(entry -> entry.what == What.SETTING)
            .toList();
    log.subList(index, log.size()).clear();
    log.addAll(kept);
    return toAll(workers(), sql);
  }

  /** ROLLBACK TO; the transaction is well again. */
  public Future<Void> rollbackTo(String name, String sql, Listener listener) {
    if (savepointIndex(What.SAVEPOINT, name) < 0) {
      return Future.failedFuture(noSavepoint(name));
    }
    failed = false; // before the loopback, which rolls back too and goes on from there
    return toCoordinator(sql, listener)
        .compose(done -> workerRollbackTo(What.SAVEPOINT, name, sql))
        .onFailure(cause -> failed = true);
  }

  private Future<Void> workerRollbackTo(What what, String name, String sql) {
    int index = savepointIndex(what, name);
    if (index < 0) {
      return Future.failedFuture(noSavepoint(name));
    }
    log.subList(index + 1, log.size()).clear();
    participants.values().forEach(Participant::backToSavepoint);
    referenceChanges.rolledBack();
    return toAll(workers(), sql);
  }

  private Future<Void> toCoordinator(String sql, Listener listener) {
    return coordinator()
        .filter(Participant::inBlock)
        .map(present -> present.control(sql, listener).<Void>mapEmpty())
        .orElseGet(Future::succeededFuture);
  }

  /** Its end has begun: savepoints that the loopback still lets go of go with the transaction. */
  void ending() {
    ending = true;
  }

  private Future<Void> toAll(List<Participant> some, String sql) {
    return ending ? Future.succeededFuture() : sendToAll(some, sql);
  }

  private static Future<Void> sendToAll(List<Participant> some, String sql) {
    return Future.join(
            some.stream()
                .filter(Participant::inBlock)
                .map(participant -> participant.control(sql, Listener.NONE))
                .toList())
        .mapEmpty();
  }

  private int savepointIndex(What what, String name) {
    Predicate<Entry> matches = entry -> entry.what == what && entry.name.equals(name);
    for (int i = log.size() - 1; i >= 0; i--) {
      if (matches.test(log.get(i))) {
        return i;
      }
    }
    return -1;
  }

  private static SqlError noSavepoint(String name) {
    return new SqlError(
        ErrorFields.error(SqlState.INTERNAL_ERROR, "savepoint \"" + name + "\" does not exist")
            .with(ErrorFields.CODE, "3B001"));
  }
}
