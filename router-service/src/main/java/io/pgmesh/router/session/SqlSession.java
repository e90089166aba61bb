package io.pgmesh.router.session;

import io.pgmesh.contracts.api.SessionEvent.Inspected;
import io.pgmesh.contracts.api.SessionEvent.State;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Transaction.Verb;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.router.planner.StatementPlanner;
import io.pgmesh.router.planner.StatementPlanner.Bound;
import io.pgmesh.router.planner.StatementPlanner.Inspection;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.planner.StatementPlanner.SessionView;
import io.pgmesh.router.sql.Statement;
import io.pgmesh.router.wire.Backend;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;

/**
 * Takes statements from their text to the executor: parse, inspect, plan, bind, execute. Knows no
 * protocol. Touched on the router's context only.
 */
public final class SqlSession implements Statements {
  private static final Buffer NO_DATA = Backend.CODECS.frame(new Backend.NoData());

  private final Parts parts;
  private final ExecutorChannel channel;
  private final boolean loopback;
  private final StatementCache cache;
  private final CheckedTexts checked = new CheckedTexts();

  /** Replaced whenever a setting may have changed: what was learned before is looked up again. */
  private Object settings = new Object();

  /** The catalog as this transaction sees it, while that differs from everybody's. */
  private Optional<CatalogSnapshot> ownCatalog = Optional.empty();

  /** The same, told by a function of the coordinator database that changed it. */
  private final AdoptedCatalog adopted = new AdoptedCatalog();

  private boolean catalogStale;
  private boolean settingsTouched;
  private boolean inBlock;

  /** An error that the executor knows nothing of has failed the open transaction. */
  private boolean failedHere;

  /** What the open transaction says of itself. */
  private Optional<Boolean> readOnly = Optional.empty();

  /** What all sessions of a router share. */
  public record Parts(SqlReader reader, StatementPlanner planner, CatalogFeed catalogs) {}

  public SqlSession(Parts parts, ExecutorChannel channel, boolean loopback) {
    this.parts = parts;
    this.channel = channel;
    this.loopback = loopback;
    this.cache = new StatementCache(parts.reader);
  }

  @Override
  public List<SqlReader.Piece> split(String sql) {
    return parts.reader.split(sql);
  }

  @Override
  public Future<Void> checkSyntax(String sql) {
    if (transaction() != 'I' || checked.has(sql)) {
      return Future.succeededFuture();
    }
    // Parse of several statements fails in any case, but after PostgreSQL's parser has read them
    // all.
    return channel
        .inspect(sql, List.of(), List.of(), List.of())
        .<Void>mapEmpty()
        .recover(
            cause -> {
              SqlError error = SqlError.from(cause);
              return error.fields().code().equals(SqlState.SYNTAX_ERROR.code())
                      && error.fields().get(ErrorFields.POSITION) == null
                  ? Future.succeededFuture()
                  : Future.failedFuture(error);
            })
        .onSuccess(accepted -> checked.add(sql));
  }

  @Override
  public Future<Prepared> prepare(String sql, List<Long> types) {
    var statement = cache.get(sql, types);
    return basis()
        .compose(
            basis ->
                planned(statement, basis).isPresent()
                    ? Future.succeededFuture(statement)
                    : inspectIfNeeded(statement, basis).map(statement));
  }

  @Override
  public Future<Description> describe(Prepared statement) {
    if (answersNothing(statement)) { // also where the transaction has failed
      return Future.succeededFuture(new Description(List.of(), NO_DATA));
    }
    return basis()
        .compose(basis -> inspect(statement, basis))
        .map(found -> new Description(found.parameterTypes(), found.rowDescription()));
  }

  private static boolean answersNothing(Prepared statement) {
    return statement.parsed().statement() instanceof Statement.TransactionControl
        || statement.parsed().statement() instanceof Statement.Setting;
  }

  @Override
  public boolean described(Prepared statement) {
    return !catalogStale && statement.inspected(currentBasis()).isPresent()
        || answersNothing(statement);
  }

  @Override
  public Future<Outcome> run(Prepared statement, Arguments arguments, Run how, ResultSink sink) {
    return basis()
        .compose(
            basis ->
                planned(statement, basis)
                    .map(Future::succeededFuture)
                    .orElseGet(
                        () ->
                            inspectIfNeeded(statement, basis)
                                .map(inspection -> plan(statement, inspection, basis))))
        .compose(planned -> bind(planned, arguments, List.of()))
        .compose(this::refuseWhenFailed)
        .compose(plan -> openBlock(plan, how.block()).map(plan))
        .compose(plan -> execute(statement, plan, arguments, how, sink));
  }

  /** Runs a plan that was not made from the client's text. */
  Future<Outcome> runPlan(Plan plan, Arguments arguments, int maxRows, ResultSink sink) {
    return channel
        .execute(new ExecutorChannel.Request(plan, arguments, maxRows, false), sink)
        .eventually(() -> settle(plan));
  }

  @Override
  public Future<Outcome> resume(long statement, int maxRows, ResultSink sink) {
    return channel.resume(statement, maxRows, sink);
  }

  @Override
  public void closeStatement(long statement) {
    channel.closeStatement(statement);
  }

  @Override
  public boolean inBlock() {
    return inBlock;
  }

  @Override
  public Future<Void> endBlock() {
    if (!inBlock) {
      return Future.succeededFuture();
    }
    inBlock = false;
    // Only an explicit transaction can be rolled back.
    return failedHere
        ? runVerb(Verb.BEGIN).compose(explicit -> runVerb(Verb.ROLLBACK))
        : runVerb(Verb.COMMIT_IMPLICIT);
  }

  private Future<Void> runVerb(Verb verb) {
    return runPlan(transaction(verb), Arguments.NONE, 0, ExecutorChannel.NO_SINK).mapEmpty();
  }

  @Override
  public void failed() {
    failedHere |= channel.state().transaction() == 'T';
  }

  @Override
  public char transaction() {
    char state = channel.state().transaction();
    return failedHere && state == 'T' ? 'E' : state;
  }

  @Override
  public int copyCredit() {
    return channel.copyCredit();
  }

  @Override
  public void copyData(Buffer chunk) {
    channel.copyData(chunk);
  }

  @Override
  public void copyDone() {
    channel.copyDone();
  }

  @Override
  public void copyFail(String reason) {
    channel.copyFail(reason);
  }

  @Override
  public void grantCredit() {
    channel.grantCredit();
  }

  @Override
  public void cancel() {
    channel.cancel();
  }

  @Override
  public void close() {
    channel.close();
  }

  // ---- what planning stands on

  private Future<Prepared.Basis> basis() {
    // In a failed transaction all that works is ROLLBACK. Behind the loopback the connection is
    // busy
    // with whoever calls: functions that change the catalog tell it.
    boolean cannotAsk = channel.state().transaction() == 'E' || loopback;
    if (!catalogStale || cannotAsk || adopted.current().isPresent()) {
      return Future.succeededFuture(currentBasis());
    }
    return channel
        .loadCatalog()
        .map(
            catalog -> {
              catalogStale = false;
              ownCatalog = Optional.of(catalog);
              return currentBasis();
            });
  }

  private Prepared.Basis currentBasis() {
    return new Prepared.Basis(
        adopted.current().or(() -> ownCatalog).orElseGet(parts.catalogs::newest), settings);
  }

  /**
   * Plans by this catalog from now on. For a session that lasts one transaction, whose connection
   * is busy with the function that tells.
   */
  void adopt(CatalogSnapshot catalog) {
    adopted.adopt(catalog);
  }

  private SessionView view() {
    State state = channel.state();
    boolean mayNotWrite = readOnly.orElseGet(channel::readOnlyByDefault);
    return new SessionView(
        state.transaction() != 'I', mayNotWrite, state.wroteReference(), loopback);
  }

  // ---- inspection and planning

  private Future<Inspection> inspectIfNeeded(Prepared statement, Prepared.Basis basis) {
    if (!parts.planner.needsInspection(statement.parsed(), basis.catalog(), view())) {
      return Future.succeededFuture(Inspection.NONE);
    }
    return inspect(statement, basis)
        .map(
            found ->
                new Inspection(
                    found.parameterTypes(),
                    found.relations(),
                    found.userFunctions(),
                    found.volatileFunctions()));
  }

  private Future<Inspected> inspect(Prepared statement, Prepared.Basis basis) {
    var known = statement.inspected(basis);
    if (known.isPresent()) {
      return Future.succeededFuture(known.get());
    }
    if (transaction() == 'E') {
      return Future.failedFuture(transactionAborted());
    }
    var parsed = statement.parsed();
    return channel
        .inspect(parsed.sql(), statement.declaredTypes(), parsed.relations(), parsed.functions())
        .onSuccess(found -> statement.inspected(basis, found));
  }

  private Optional<PlannedStatement> planned(Prepared statement, Prepared.Basis basis) {
    return statement.planned(basis, view());
  }

  private PlannedStatement plan(Prepared statement, Inspection inspection, Prepared.Basis basis) {
    SessionView view = view();
    var planned = parts.planner.plan(statement.parsed(), inspection, basis.catalog(), view);
    statement.planned(basis, view, planned);
    return planned;
  }

  private Future<Plan> bind(PlannedStatement planned, Arguments arguments, List<Integer> hashes) {
    return switch (planned.bind(arguments, hashes)) {
      case Bound.Ready(var plan) -> Future.succeededFuture(plan);
      case Bound.NeedsHash(var type, var values) ->
          channel.hash(type, values).compose(found -> bind(planned, arguments, found));
    };
  }

  // ---- transactions

  private Future<Plan> refuseWhenFailed(Plan plan) {
    if (transaction() == 'E' && !leavesFailedTransaction(plan)) {
      return Future.failedFuture(transactionAborted());
    }
    return Future.succeededFuture(failedHere ? rollingBack(plan) : plan);
  }

  /** COMMIT of a failed transaction rolls it back. */
  private static Plan rollingBack(Plan plan) {
    return plan instanceof Plan.Transaction(var verb, var savepoint, var sql) && verb == Verb.COMMIT
        ? new Plan.Transaction(Verb.ROLLBACK, savepoint, sql)
        : plan;
  }

  private static boolean leavesFailedTransaction(Plan plan) {
    return plan instanceof Plan.Transaction(var verb, var savepoint, var sql)
        && switch (verb) {
          case COMMIT, ROLLBACK, ROLLBACK_TO, COMMIT_IMPLICIT -> true;
          case BEGIN, BEGIN_IMPLICIT, SAVEPOINT, RELEASE -> false;
        };
  }

  private static SqlError transactionAborted() {
    return new SqlError(
        SqlState.IN_FAILED_SQL_TRANSACTION,
        "current transaction is aborted, commands ignored until end of transaction block");
  }

  private Future<Void> openBlock(Plan plan, Block block) {
    if (block == Block.ALONE || transaction() != 'I' || !sharesBlock(plan)) {
      return Future.succeededFuture();
    }
    inBlock = true;
    return channel
        .execute(
            new ExecutorChannel.Request(transaction(Verb.BEGIN_IMPLICIT), Arguments.NONE, 0, false),
            ExecutorChannel.NO_SINK)
        .mapEmpty();
  }

  private static boolean sharesBlock(Plan plan) {
    return switch (plan) {
      case Plan.Transaction transaction -> false;
      case Plan.Coordinator coordinator -> coordinator.use() != Plan.Use.NO_BLOCK;
      default -> true;
    };
  }

  private static Plan.Transaction transaction(Verb verb) {
    return new Plan.Transaction(verb, "", SqlText.made(verb.name()));
  }

  // ---- execution

  private Future<Outcome> execute(
      Prepared statement, Plan plan, Arguments arguments, Run how, ResultSink sink) {
    boolean ask = how.describe() && !describeHere(statement, plan, sink);
    return channel
        .execute(new ExecutorChannel.Request(plan, arguments, how.maxRows(), ask), sink)
        .eventually(() -> settle(plan));
  }

  private boolean describeHere(Prepared statement, Plan plan, ResultSink sink) {
    var known = statement.inspected(currentBasis()).map(Inspected::rowDescription);
    if (known.isEmpty() && (plan instanceof Plan.Transaction || plan instanceof Plan.Setting)) {
      known = Optional.of(NO_DATA);
    }
    known.ifPresent(sink::description);
    return known.isPresent();
  }

  /** What a statement changed for those after it, whether it ended well or not. */
  private Future<Void> settle(Plan plan) {
    State state = channel.state();
    noteSettings(plan, state);
    if (plan instanceof Plan.Transaction verb) {
      adopted.note(verb);
    }
    if (state.transaction() == 'I') {
      ownCatalog = Optional.empty();
      catalogStale = false;
      readOnly = Optional.empty();
      inBlock = false;
      failedHere = false;
    } else {
      failedHere &= !(plan instanceof Plan.Transaction); // a savepoint was gone back to
      noteTransaction(plan);
      catalogStale |= state.catalogChanged() && mayChangeCatalog(plan);
    }
    return parts.catalogs.atLeast(state.epoch());
  }

  private void noteSettings(Plan plan, State state) {
    if (changesMeaning(plan)) {
      settings = new Object();
      settingsTouched = state.transaction() != 'I';
    } else if (settingsTouched && plan instanceof Plan.Transaction) {
      settings = new Object(); // a rollback takes settings back
      settingsTouched = state.transaction() != 'I';
    }
  }

  private static boolean changesMeaning(Plan plan) {
    return switch (plan) {
      case Plan.Setting setting -> true;
      // set_config() and temporary tables: only such plans can hide them
      case Plan.Coordinator(var sql, var use, var effects, var reason) ->
          effects.bindsSession() || sql.text().contains("set_config");
      default -> false;
    };
  }

  private void noteTransaction(Plan plan) {
    boolean mode =
        plan instanceof Plan.Transaction(var verb, var savepoint, var sql) && verb == Verb.BEGIN
            || plan instanceof Plan.Setting setting
                && setting.scope() != Plan.Setting.Scope.SESSION;
    if (mode) {
      readOnly = ReadOnlyMode.after(readOnly, text(plan));
    }
  }

  private static String text(Plan plan) {
    return switch (plan) {
      case Plan.Transaction transaction -> transaction.sql().text();
      case Plan.Setting setting -> setting.sql().text();
      default -> "";
    };
  }

  private static boolean mayChangeCatalog(Plan plan) {
    return switch (plan) {
      case Plan.OneShard p -> false;
      case Plan.Scatter p -> false;
      case Plan.RoutedInsert p -> false;
      case Plan.CopyIn p -> false;
      case Plan.Explain p -> false;
      case Plan.Setting p -> false;
      case Plan.DeclareCursor p -> false;
      case Plan.FetchCursor p -> false;
      case Plan.CloseCursor p -> false;
      case Plan.Coordinator coordinator -> coordinator.use() != Plan.Use.READ;
      case Plan.Ddl p -> true;
      case Plan.Transaction p -> true;
      case Plan.WorkerCalls p -> true;
      case Plan.Carry p -> false;
    };
  }
}
