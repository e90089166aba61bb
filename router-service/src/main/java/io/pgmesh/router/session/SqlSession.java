package io.pgmesh.router.session;

import io.pgmesh.contracts.api.SessionEvent.Inspected;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Transaction.Verb;
import io.pgmesh.contracts.plan.Plan.Use;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.router.planner.LoneStatementTime;
import io.pgmesh.router.planner.StatementPlanner;
import io.pgmesh.router.sql.Statement;
import io.pgmesh.router.wire.Backend;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;

/**
 * A client's statements: each is prepared, run by the executor, and changes what those after it
 * stand on. Knows no protocol. Touched on the router's context only.
 */
public final class SqlSession implements Statements {
  private static final Buffer NO_DATA = Backend.CODECS.frame(new Backend.NoData());

  private final Parts parts;
  private final ExecutorChannel channel;
  private final SessionBasis basis;
  private final OpenTransaction transaction;
  private final Preparation preparation;
  private final Analysis analysis;
  private Plan ran; // last; null: it was not planned
  private boolean described; // that one, from here
  private final UserTypes userTypes;

  /**
   * What all sessions of a router share.
   *
   * @param valuesMaxBytes what a statement is run with at most, where the router asks for it
   */
  public record Parts(
      SqlReader reader,
      StatementPlanner planner,
      CatalogFeed catalogs,
      CacheSpace space,
      int valuesMaxBytes) {}

  public SqlSession(Parts parts, ExecutorChannel channel, boolean loopback) {
    this.parts = parts;
    this.channel = channel;
    this.basis = new SessionBasis(channel, parts.catalogs, loopback);
    this.transaction = new OpenTransaction(channel);
    this.preparation = new Preparation(parts, channel, loopback, basis, transaction);
    this.analysis = new Analysis(channel, transaction, preparation);
    this.userTypes = new UserTypes(parts.valuesMaxBytes);
  }

  @Override
  public List<SqlReader.Piece> split(String sql) {
    return parts.reader.split(sql);
  }

  @Override
  public Future<Void> checkSyntax(String sql) {
    return preparation.checkSyntax(sql);
  }

  @Override
  public Future<Prepared> prepare(String sql, List<Long> types) {
    return preparation.prepare(sql, types);
  }

  @Override
  public Future<Void> analyze(Prepared statement) {
    return analysis.of(statement);
  }

  @Override
  public Future<Description> describe(Prepared statement) {
    if (answersNothing(statement)) { // also where the transaction has failed
      return Future.succeededFuture(new Description(List.of(), NO_DATA));
    }
    return preparation
        .inspect(statement)
        .map(found -> new Description(found.parameterTypes(), found.rowDescription()));
  }

  private static boolean answersNothing(Prepared statement) {
    return statement.parsed().statement() instanceof Statement.TransactionControl
        || statement.parsed().statement() instanceof Statement.Setting;
  }

  @Override
  public boolean described(Prepared statement) {
    return !basis.catalogStale() && preparation.inspected(statement).isPresent()
        || answersNothing(statement);
  }

  @Override
  public Future<Outcome> run(Prepared statement, Arguments arguments, Run how, ResultSink sink) {
    if (transaction() != 'I' || how.block() != Block.ALONE) {
      return runOnce(statement, arguments, how, sink);
    }
    return new LoneRun(statement, arguments, how, sink).run();
  }

  /** Of a statement that is all of its transaction. */
  private final class LoneRun implements MissingShards.Attempt {
    private final Prepared statement;
    private final Arguments arguments;
    private final ResultSink sink;
    private Run how;

    LoneRun(Prepared statement, Arguments arguments, Run how, ResultSink sink) {
      this.statement = statement;
      this.arguments = arguments;
      this.how = how;
      this.sink = sink;
    }

    Future<Outcome> run() {
      long epoch = parts.catalogs.newest().epoch();
      return runOnce(statement, arguments, how, sink)
          .recover(cause -> new MissingShards(parts.catalogs, this).after(cause, epoch));
    }

    /** The client is not told twice of what rows there will be. */
    @Override
    public Future<Outcome> again() {
      boolean told = described || channel.told() != ExecutorChannel.Told.NOTHING;
      how = new Run(how.maxRows(), how.describe() && !told, how.block());
      return runOnce(statement, arguments, how, sink);
    }

    @Override
    public boolean leftNothing() {
      return channel.told() != ExecutorChannel.Told.MORE && transaction() == 'I';
    }

    @Override
    public Optional<Plan> plan() {
      return Optional.ofNullable(ran);
    }
  }

  private Future<Outcome> runOnce(
      Prepared statement, Arguments arguments, Run how, ResultSink sink) {
    boolean failed = transaction() == 'E'; // before planning, whose questions may fail it
    ran = null;
    described = false;
    return preparation
        .plan(statement, arguments)
        .recover(cause -> Future.failedFuture(failed ? OpenTransaction.notPlanned(cause) : cause))
        .map(ready -> ready.with(transaction.allow(ready.plan())))
        .compose(ready -> openBlock(ready.plan(), how.block()).map(ready))
        .compose(ready -> again(ready, statement, arguments, how))
        .map(ready -> transaction() == 'I' ? alone(ready, statement) : ready)
        .compose(
            ready ->
                how.maxRows() > 0
                    ? preparation.inParts(ready, statement)
                    : Future.succeededFuture(ready))
        .compose(
            ready -> userTypes.withTexts(ready, preparation.inspected(statement), this::runPlan))
        .compose(ready -> execute(statement, ready, how, sink));
  }

  @Override
  public Future<Boolean> infersTypes(String sql, List<Long> types) {
    return preparation.infersTypes(sql, types);
  }

  @Override
  public Future<Boolean> runsHere(Prepared statement) {
    return preparation.runsHere(statement);
  }

  @Override
  public Future<List<byte[]>> evaluate(Plan.Evaluation arguments, Block block) {
    var row = new FirstRow(parts.valuesMaxBytes);
    return openBlock(transaction.allow(arguments), block)
        .compose(open -> runPlan(arguments, Arguments.NONE, 0, row))
        .map(done -> row.values().orElseThrow());
  }

  /** Runs a plan that was not made from the client's text. */
  Future<Outcome> runPlan(Plan plan, Arguments arguments, int maxRows, ResultSink sink) {
    return channel
        .execute(new ExecutorChannel.Request(plan, arguments, maxRows, false), sink)
        .eventually(() -> settle(plan));
  }

  @Override
  public Future<Outcome> resume(long statement, int maxRows, ResultSink sink) {
    return channel.resume(statement, maxRows, userTypes.resumed(statement, sink));
  }

  @Override
  public void closeStatement(long statement) {
    userTypes.closed(statement);
    channel.closeStatement(statement);
  }

  @Override
  public boolean inBlock() {
    return transaction.implicit();
  }

  @Override
  public Future<Void> endBlock() {
    if (!transaction.implicit()) {
      return Future.succeededFuture();
    }
    // Only an explicit transaction can be rolled back.
    return transaction.endsImplicitlyFailed()
        ? runVerb(Verb.BEGIN).compose(explicit -> runVerb(Verb.ROLLBACK))
        : runVerb(Verb.COMMIT_IMPLICIT);
  }

  private Future<Void> runVerb(Verb verb) {
    return runPlan(plan(verb), Arguments.NONE, 0, ExecutorChannel.NO_SINK).mapEmpty();
  }

  @Override
  public void failed() {
    transaction.failed();
  }

  @Override
  public char transaction() {
    return transaction.state();
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
    preparation.close();
    channel.close();
  }

  /** Plans by this catalog from now on; see {@link SessionBasis#adopt}. */
  void adopt(CatalogSnapshot catalog) {
    basis.adopt(catalog);
  }

  // ---- transactions

  private Future<Void> openBlock(Plan plan, Block block) {
    if (transaction() != 'I' || !opensBlock(plan, block)) {
      return Future.succeededFuture();
    }
    transaction.begunImplicitly();
    return channel
        .execute(
            new ExecutorChannel.Request(plan(Verb.BEGIN_IMPLICIT), Arguments.NONE, 0, false),
            ExecutorChannel.NO_SINK)
        .mapEmpty();
  }

  private static boolean opensBlock(Plan plan, Block block) {
    return switch (block) {
      case ALONE -> false;
      case PIPELINE -> !(plan instanceof Plan.Transaction) && !use(plan).judgedByBlock();
      case MESSAGE -> !(plan instanceof Plan.Transaction);
    };
  }

  private static Use use(Plan plan) {
    return switch (plan) {
      case Plan.Coordinator coordinator -> coordinator.use();
      case Plan.Scatter scatter -> scatter.use();
      case Plan.Maintenance maintenance -> maintenance.coordinator().use();
      case Plan.OneShard one -> Use.BLOCK;
      case Plan.RoutedInsert insert -> Use.BLOCK;
      case Plan.Timed timed -> Use.BLOCK;
      case Plan.CopyIn copy -> Use.BLOCK;
      case Plan.Ddl ddl -> Use.BLOCK;
      case Plan.Explain explain -> Use.BLOCK;
      case Plan.Transaction verb -> Use.BLOCK;
      case Plan.Setting setting -> Use.BLOCK;
      case Plan.DeclareCursor declare -> Use.BLOCK;
      case Plan.FetchCursor fetch -> Use.BLOCK;
      case Plan.CloseCursor close -> Use.BLOCK;
      case Plan.WorkerCalls calls -> Use.BLOCK;
      case Plan.Carry carry -> Use.BLOCK;
      case Plan.Evaluation evaluation -> Use.BLOCK;
    };
  }

  /** What is allowed inside a block only has another plan in the one just opened for it. */
  private Future<Preparation.Ready> again(
      Preparation.Ready ready, Prepared statement, Arguments arguments, Run how) {
    return use(ready.plan()) == Use.CLIENT_BLOCK && how.block() == Block.MESSAGE
        ? preparation.plan(statement, arguments)
        : Future.succeededFuture(ready);
  }

  private static Preparation.Ready alone(Preparation.Ready ready, Prepared statement) {
    return ready.with(LoneStatementTime.in(ready.plan(), () -> statement.parsed().statement()));
  }

  private static Plan.Transaction plan(Verb verb) {
    return new Plan.Transaction(verb, "", SqlText.made(verb.name()));
  }

  // ---- execution

  private Future<Outcome> execute(
      Prepared statement, Preparation.Ready ready, Run how, ResultSink sink) {
    Plan plan = ready.plan();
    ran = plan;
    described = how.describe() && describeHere(statement, plan, sink);
    boolean ask = how.describe() && !described;
    var named = userTypes.rows(sink, preparation.inspected(statement), ready);
    var request = new ExecutorChannel.Request(plan, ready.arguments(), how.maxRows(), ask);
    Future<Outcome> outcome =
        channel
            .execute(request, named.<ResultSink>map(rows -> rows).orElse(sink))
            .onSuccess(ended -> named.ifPresent(rows -> userTypes.ran(rows, ended)))
            .eventually(() -> settle(plan));
    return ready.lifted()
        ? outcome.recover(cause -> preparation.failedLifted(statement, cause))
        : outcome;
  }

  private boolean describeHere(Prepared statement, Plan plan, ResultSink sink) {
    var known = preparation.inspected(statement).map(Inspected::rowDescription);
    if (known.isEmpty() && (plan instanceof Plan.Transaction || plan instanceof Plan.Setting)) {
      known = Optional.of(NO_DATA);
    }
    known.ifPresent(sink::description);
    return known.isPresent();
  }

  /** What a statement changed for those after it, whether it ended well or not. */
  private Future<Void> settle(Plan plan) {
    transaction.settle(plan, channel.state());
    if (transaction() == 'I') {
      userTypes.transactionEnded();
    }
    return basis.settle(plan, channel.state());
  }
}
