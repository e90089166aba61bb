package io.pgmesh.router.session;

import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.router.session.Statements.Description;
import io.pgmesh.router.sql.Statement;
import io.pgmesh.router.sql.Token;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The prepared statements of a client by their names, which Parse and PREPARE share. The
 * coordinator database has those of PREPARE, too; EXECUTE of one that names tables of the mesh runs
 * it here, as Bind and Execute would.
 */
final class NamedStatements {
  private static final int MAX_NAMES = 10_000;
  private static final Set<String> VERBS = Set.of("prepare", "execute", "deallocate", "explain");

  /** More than the numbers of 65,535 types. */
  private static final int TYPES_MAX_BYTES = 1 << 20;

  private static final long TEXT = 25;
  private static final String PARAMETER_TYPES =
      "SELECT parameter_types::pg_catalog.oid[] FROM pg_catalog.pg_prepared_statements"
          + " WHERE name = $1";

  private final Statements statements;
  private final ExecutedStatements executed;
  private final Map<String, Named> byName = new HashMap<>(4);

  /** Closed while nothing could be run: the coordinator database still has them. */
  private final Set<String> closed = new LinkedHashSet<>(0);

  /** Who knows a statement besides the router. */
  enum Origin {
    /** Parse: nobody. */
    PROTOCOL,
    /** PREPARE: the coordinator database. */
    SQL
  }

  /**
   * A statement made by Parse or PREPARE.
   *
   * @param offset where it began in the client's text
   */
  record Named(Prepared statement, int offset, Origin origin) {}

  NamedStatements(Statements statements) {
    this.statements = statements;
    this.executed = new ExecutedStatements(statements);
  }

  Optional<Named> get(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /**
   * @throws SqlError 42P05, 54000
   */
  void checkFree(String name) {
    if (byName.containsKey(name)) {
      throw new SqlError(
          SqlState.DUPLICATE_PREPARED_STATEMENT,
          "prepared statement \"" + name + "\" already exists");
    }
    checkRoom();
  }

  private void checkRoom() {
    if (byName.size() >= MAX_NAMES) {
      throw new SqlError(SqlState.PROGRAM_LIMIT_EXCEEDED, "too many prepared statements");
    }
  }

  void put(String name, Named named) {
    byName.put(name, named);
  }

  void dropUnnamed() {
    byName.remove("");
  }

  /** Close of a statement. */
  Future<Void> close(String name) {
    var named = byName.remove(name);
    if (named == null || named.origin == Origin.PROTOCOL) {
      return Future.succeededFuture();
    }
    if (statements.transaction() == 'E') {
      closed.add(name);
      return Future.succeededFuture();
    }
    return deallocate(name);
  }

  private Future<Void> deallocate(String name) {
    return statements
        .prepare("DEALLOCATE " + Identifiers.quote(name), List.of())
        .compose(
            deallocate ->
                new Call(deallocate, Arguments.NONE, Call.ALONE, ExecutorChannel.NO_SINK)
                    .run(statements))
        .mapEmpty();
  }

  /** The description of a client's statement; EXECUTE's is that of what it runs. */
  Future<Description> describe(Prepared statement) {
    Optional<Named> running =
        verb(statement)
            .filter(Statement.Execute.class::isInstance)
            .flatMap(execute -> get(((Statement.Execute) execute).name()));
    return running
        .map(
            named ->
                statements
                    .describe(named.statement)
                    .map(found -> new Description(List.of(), found.rowDescription()))
                    .recover(cause -> Positions.moved(cause, named.offset)))
        .orElseGet(() -> statements.describe(statement));
  }

  /** Runs a client's statement, which may be about one of these. */
  Future<Outcome> run(Call call) {
    Optional<Statement> verb =
        statements.transaction() == 'E' || !call.arguments().values().isEmpty()
            ? Optional.empty()
            : verb(call.statement());
    return deallocateClosed()
        .map(verb)
        .compose(about -> about.map(known -> run(known, call)).orElseGet(() -> asItIs(call)))
        .onSuccess(this::dropDiscarded);
  }

  private Future<Void> deallocateClosed() {
    if (closed.isEmpty() || statements.transaction() == 'E') {
      return Future.succeededFuture();
    }
    String first = closed.iterator().next();
    closed.remove(first);
    return deallocate(first).compose(done -> deallocateClosed());
  }

  private Future<Outcome> asItIs(Call call) {
    return call.run(statements);
  }

  private Future<Outcome> run(Statement about, Call call) {
    return switch (about) {
      case Statement.Prepare prepare -> prepare(prepare, call);
      case Statement.Deallocate(var name) -> deallocate(name, call);
      case Statement.Execute execute ->
          get(execute.name())
              .map(named -> executed.run(named, execute, call))
              .orElseGet(() -> asItIs(call));
      case Statement.Explain(var options, var query, Statement.Execute execute) ->
          get(execute.name())
              .map(named -> executed.explain(named, options, execute, call))
              .orElseGet(() -> asItIs(call));
      default -> asItIs(call);
    };
  }

  /** What a text is, where its first word says that it may be about these. */
  private static Optional<Statement> verb(Prepared statement) {
    return VERBS.contains(statement.firstWord())
        ? Optional.of(statement.parsed().statement())
        : Optional.empty();
  }

  private Future<Outcome> prepare(Statement.Prepare prepare, Call call) {
    if (get(prepare.name()).filter(named -> named.origin == Origin.PROTOCOL).isPresent()) {
      checkFree(prepare.name());
    }
    checkRoom();
    return asItIs(call)
        .compose(
            outcome -> parameterTypes(prepare).compose(types -> keep(prepare, types)).map(outcome));
  }

  /** Unless only the coordinator database can tell what its parameters are. */
  private Future<Void> keep(Statement.Prepare prepare, List<Long> types) {
    byName.remove(prepare.name());
    String sql = prepare.query().text();
    return statements
        .infersTypes(sql, types)
        .compose(
            inferred ->
                inferred
                    ? statements
                        .prepare(sql, types)
                        .onSuccess(
                            kept ->
                                put(
                                    prepare.name(),
                                    new Named(kept, prepare.query().start(), Origin.SQL)))
                        .mapEmpty()
                    : Future.succeededFuture());
  }

  /** As PostgreSQL has found them out. */
  private Future<List<Long>> parameterTypes(Statement.Prepare prepare) {
    boolean none =
        prepare.types().isEmpty()
            && prepare.query().words().stream().noneMatch(t -> t.kind() == Token.Kind.PARAMETER);
    if (none) {
      return Future.succeededFuture(List.of());
    }
    var row = new FirstRow(TYPES_MAX_BYTES);
    byte[] name = prepare.name().getBytes(StandardCharsets.UTF_8);
    var arguments = new Arguments(List.of(TEXT), List.of(), List.of(name), List.of());
    return statements
        .prepare(PARAMETER_TYPES, List.of(TEXT))
        .compose(asking -> new Call(asking, arguments, Call.ALONE, row).run(statements))
        .map(
            done ->
                TextArray.parse(
                        new String(row.values().orElseThrow().getFirst(), StandardCharsets.UTF_8))
                    .stream()
                    .map(Long::valueOf)
                    .toList());
  }

  private Future<Outcome> deallocate(String name, Call call) {
    if (get(name).filter(named -> named.origin == Origin.PROTOCOL).isPresent()) {
      byName.remove(name);
      call.describeNoRows();
      return Future.succeededFuture(new Outcome.Completed("DEALLOCATE"));
    }
    return asItIs(call).onSuccess(done -> byName.remove(name));
  }

  private void dropDiscarded(Outcome outcome) {
    if (outcome instanceof Outcome.Completed(String tag)
        && (tag.equals("DEALLOCATE ALL") || tag.equals("DISCARD ALL"))) {
      byName.clear();
      closed.clear();
    }
  }
}
