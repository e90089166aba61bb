package io.pgmesh.router.session;

import io.pgmesh.contracts.api.SessionEvent.Inspected;
import io.pgmesh.contracts.api.SessionEvent.State;
import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.router.planner.ConfigCalls;
import io.pgmesh.router.planner.StatementPlanner.Bound;
import io.pgmesh.router.planner.StatementPlanner.Inspection;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.planner.StatementPlanner.SessionView;
import io.pgmesh.router.sql.CursorVerb;
import io.pgmesh.router.sql.ParsedStatement;
import io.pgmesh.router.sql.Statement;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;

/**
 * A statement's way from its text to the plan that runs: parse, inspect, plan, bind. What was found
 * out for a statement is used again as long as the basis is the same.
 */
final class Preparation {
  /** Types from here on are users'. */
  private static final long FIRST_USER_OID = 16384;

  private final SqlSession.Parts parts;
  private final ExecutorChannel channel;
  private final boolean loopback;
  private final SessionBasis basis;
  private final OpenTransaction transaction;
  private final StatementCache cache;
  private final CheckedTexts checked = new CheckedTexts();

  Preparation(
      SqlSession.Parts parts,
      ExecutorChannel channel,
      boolean loopback,
      SessionBasis basis,
      OpenTransaction transaction) {
    this.parts = parts;
    this.channel = channel;
    this.loopback = loopback;
    this.basis = basis;
    this.transaction = transaction;
    this.cache = new StatementCache(parts.reader(), parts.space());
  }

  /** See {@link Statements#checkSyntax}. */
  Future<Void> checkSyntax(String sql) {
    if (transaction.state() != 'I' || checked.has(sql)) {
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

  /** Reads a statement, and has it inspected when its plan stands on that. */
  Future<Prepared> prepare(String sql, List<Long> types) {
    return LongTexts.isLong(sql)
        ? LongTexts.work(sql, () -> read(sql, types)).compose(this::prepare)
        : prepare(cache.get(sql, types));
  }

  private Prepared read(String sql, List<Long> types) {
    Prepared statement = cache.get(sql, types); // of a long text, which it does not keep
    statement.parsed();
    return statement;
  }

  private Future<Prepared> prepare(Prepared statement) {
    return basis
        .upToDate()
        .compose(
            now ->
                statement.planned(now, view()).isPresent()
                    ? Future.succeededFuture(statement)
                    : inspectIfNeeded(statement, now).map(statement));
  }

  /**
   * See {@link Statements#infersTypes}. Inside of a transaction, which an error would fail, nobody
   * is asked: no.
   */
  Future<Boolean> infersTypes(String sql, List<Long> types) {
    if (types.stream().allMatch(type -> type < FIRST_USER_OID)) {
      return Future.succeededFuture(true);
    }
    return transaction.state() == 'I'
        ? channel
            .inspectAside(sql, types)
            .map(found -> found.parameterTypes().equals(types))
            .otherwise(false)
        : Future.succeededFuture(false);
  }

  /** See {@link Statements#runsHere}. */
  Future<Boolean> runsHere(Prepared statement) {
    return basis
        .upToDate()
        .map(
            now ->
                ConfigCalls.mayBeIn(statement.parsed())
                    || parts.planner().needsInspection(statement.parsed(), now.catalog(), view()));
  }

  Future<Inspected> inspect(Prepared statement) {
    return basis.upToDate().compose(now -> inspect(statement, now));
  }

  /** Fails unless PostgreSQL accepts this very text. */
  Future<Void> accept(Prepared statement) {
    return basis
        .upToDate()
        .compose(
            now ->
                statement.inspected(now).isPresent()
                    ? checkConstants(statement)
                    : inspect(statement, now).mapEmpty());
  }

  /** What {@link #inspect} found before, as far as it still holds. */
  Optional<Inspected> inspected(Prepared statement) {
    return statement.inspected(basis.known());
  }

  /**
   * A plan with what its parameters are bound to: the client's arguments, or constants of its text.
   */
  record Ready(Plan plan, Arguments arguments, boolean lifted) {
    private static Ready of(Plan plan, PlannedStatement planned, Arguments clients) {
      Arguments constants = planned.constants();
      boolean lifted = !constants.values().isEmpty();
      return new Ready(
          plan, lifted ? constants.withResultFormats(clients.resultFormats()) : clients, lifted);
    }

    Ready with(Plan allowed) {
      return new Ready(allowed, arguments, lifted);
    }

    Ready with(Arguments others) {
      return new Ready(plan, others, lifted);
    }
  }

  Future<Ready> plan(Prepared statement, Arguments arguments) {
    if (!loopback) {
      return planOnce(statement, arguments);
    }
    long epoch = basis.known().catalog().epoch();
    return planOnce(statement, arguments)
        .recover(cause -> withNewerCatalog(cause, epoch, statement, arguments));
  }

  /** The coordinator database may know of a table before this router does. */
  private Future<Ready> withNewerCatalog(
      Throwable cause, long epoch, Prepared statement, Arguments arguments) {
    return SqlError.from(cause).code().equals(SqlState.FEATURE_NOT_SUPPORTED.code())
        ? parts
            .catalogs()
            .newerThan(epoch)
            .compose(newer -> newer ? planOnce(statement, arguments) : Future.failedFuture(cause))
        : Future.failedFuture(cause);
  }

  private Future<Ready> planOnce(Prepared statement, Arguments arguments) {
    return basis
        .upToDate()
        .compose(now -> tryLifting(statement, now))
        .compose(
            now ->
                statement
                    .planned(now, view())
                    .map(this::hit)
                    .orElseGet(
                        () ->
                            inspectIfNeeded(statement, now)
                                .compose(inspection -> plan(statement, inspection, now))))
        .compose(
            planned ->
                bind(statement, planned, arguments, List.of())
                    .map(plan -> Ready.of(plan, planned, arguments)))
        .onSuccess(plan -> cache.grown(statement));
  }

  /**
   * The coordinator database says whether it understands a text with parameters as it did before.
   */
  private Future<Prepared.Basis> tryLifting(Prepared statement, Prepared.Basis now) {
    if (loopback || transaction.state() == 'E') {
      return Future.succeededFuture(now);
    }
    return statement
        .liftingToTry(now)
        .map(
            lifted ->
                channel
                    .inspectAside(lifted.text(), lifted.types())
                    .onSuccess(
                        found -> {
                          Buffer known = statement.inspected(now).orElseThrow().rowDescription();
                          if (found.rowDescription().equals(known)) {
                            statement.allowLifting();
                          }
                        })
                    .map(now)
                    .otherwise(now))
        .orElseGet(() -> Future.succeededFuture(now));
  }

  /**
   * Of a statement that failed with parameters where the client wrote constants: the error that
   * PostgreSQL has for a constant that is no value of its type, with its place in the text.
   */
  <T> Future<T> failedLifted(Prepared statement, Throwable cause) {
    String state = SqlError.from(cause).fields().code();
    return state.startsWith("22")
        ? channel
            .inspectAside(statement.sql(), List.of())
            .compose(accepted -> Future.failedFuture(cause))
        : Future.failedFuture(cause);
  }

  private Future<PlannedStatement> hit(PlannedStatement planned) {
    parts.space().metrics().hit();
    return Future.succeededFuture(planned);
  }

  private Future<Inspection> inspectIfNeeded(Prepared statement, Prepared.Basis now) {
    if (!parts.planner().needsInspection(statement.parsed(), now.catalog(), view())) {
      return Future.succeededFuture(Inspection.NONE);
    }
    return inspect(statement, now).map(Preparation::inspection);
  }

  private static Inspection inspection(Inspected found) {
    return new Inspection(
        found.parameterTypes(),
        found.relations(),
        found.userFunctions(),
        found.volatileFunctions(),
        NamedTypes.hasAnonymousRows(found));
  }

  /** What the plan becomes where the client takes the rows in parts. */
  Future<Ready> inParts(Ready ready, Prepared statement) {
    boolean keeps =
        ready.plan() instanceof Plan.Coordinator plan
            && !plan.use().judgedByBlock()
            && statement.parsed().statement() instanceof Statement.Select;
    return keeps
        ? basis
            .upToDate()
            .compose(
                now ->
                    inspect(statement, now)
                        .map(found -> inParts(ready, statement, inspection(found), now)))
        : Future.succeededFuture(ready);
  }

  private Ready inParts(Ready ready, Prepared statement, Inspection found, Prepared.Basis now) {
    var plan = (Plan.Coordinator) ready.plan();
    return ready.with(
        parts.planner().inParts(plan, statement.parsed(), found, now.catalog(), view()));
  }

  private Future<Inspected> inspect(Prepared statement, Prepared.Basis now) {
    var known = statement.inspected(now);
    if (known.isPresent()) {
      return Future.succeededFuture(known.get());
    }
    if (transaction.state() == 'E') {
      return Future.failedFuture(OpenTransaction.aborted());
    }
    var functions = parts.planner().calledFunctions(statement.parsed(), now.catalog());
    return ask(statement, functions)
        .onSuccess(
            found -> {
              if (lasts(statement)) {
                statement.inspected(now, found);
              }
            });
  }

  /** What FETCH gives depends on the cursors that are open. */
  private static boolean lasts(Prepared statement) {
    return switch (CursorVerb.of(statement.parsed().statement())) {
      case CursorVerb.Declare declare -> true;
      case CursorVerb.None none -> true;
      case CursorVerb.Ahead ahead -> false;
      case CursorVerb.Back back -> false;
      case CursorVerb.Here here -> false;
      case CursorVerb.Elsewhere elsewhere -> false;
      case CursorVerb.Close close -> false;
      case CursorVerb.CloseAll all -> false;
    };
  }

  private Future<Inspected> ask(Prepared statement, List<String> functions) {
    var parsed = statement.parsed();
    return channel.inspect(parsed.sql(), statement.declaredTypes(), parsed.relations(), functions);
  }

  private Future<PlannedStatement> plan(
      Prepared statement, Inspection inspection, Prepared.Basis now) {
    parts.space().metrics().missed();
    SessionView view = view();
    ParsedStatement parsed = statement.parsed();
    return LongTexts.work(
            statement.sql(), () -> parts.planner().plan(parsed, inspection, now.catalog(), view))
        .onSuccess(planned -> statement.planned(now, view, planned));
  }

  private Future<Plan> bind(
      Prepared statement, PlannedStatement planned, Arguments arguments, List<Integer> hashes) {
    return LongTexts.isLong(statement.sql())
        ? LongTexts.work(statement.sql(), () -> planned.bind(arguments, hashes))
            .compose(bound -> bound(statement, planned, arguments, bound))
        : bound(statement, planned, arguments, planned.bind(arguments, hashes));
  }

  private Future<Plan> bound(
      Prepared statement, PlannedStatement planned, Arguments arguments, Bound bound) {
    return switch (bound) {
      case Bound.Ready(var plan) -> Future.succeededFuture(plan);
      case Bound.NeedsHash(var type, var values) ->
          checkConstants(statement)
              .compose(checked -> channel.hash(type, values))
              .compose(found -> bind(statement, planned, arguments, found));
    };
  }

  /**
   * A value whose hash must be asked for may be no value of its type. PostgreSQL tells where it
   * stands, but has seen only the constants of the text that was inspected.
   */
  private Future<Void> checkConstants(Prepared statement) {
    if (loopback || statement.constantsInspected()) {
      return Future.succeededFuture();
    }
    return ask(statement, List.of())
        .onSuccess(found -> statement.markConstantsInspected())
        .mapEmpty();
  }

  void close() {
    cache.clear();
  }

  private SessionView view() {
    State state = channel.state();
    return new SessionView(
        state.transaction() != 'I', transaction.mayNotWrite(), state.wroteReference(), loopback);
  }
}
