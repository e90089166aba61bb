package io.pgmesh.router.session;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.router.planner.ExecuteArguments;
import io.pgmesh.router.session.NamedStatements.Named;
import io.pgmesh.router.session.Statements.Block;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Statement;
import io.vertx.core.Future;
import java.util.List;

/**
 * EXECUTE of statements that the router knows: its arguments become values, with which the
 * statement is run as if it had been bound to them.
 */
final class ExecutedStatements {
  private final Statements statements;

  ExecutedStatements(Statements statements) {
    this.statements = statements;
  }

  /** How a statement is run once its values are known. */
  private interface Way {
    Future<Outcome> run(Arguments values);
  }

  Future<Outcome> run(Named named, Statement.Execute execute, Call call) {
    return withValues(
        named,
        execute,
        call,
        values ->
            call.of(named.statement(), values)
                .run(statements)
                .recover(cause -> Positions.moved(cause, named.offset())));
  }

  /**
   * @param options what stands between EXPLAIN and EXECUTE
   */
  Future<Outcome> explain(Named named, Phrase options, Statement.Execute execute, Call call) {
    String sql = "EXPLAIN " + options.text() + " " + named.statement().sql();
    return withValues(
        named,
        execute,
        call,
        values ->
            statements
                .prepare(sql, values.types())
                .compose(explain -> call.of(explain, values).run(statements)));
  }

  private Future<Outcome> withValues(Named named, Statement.Execute execute, Call call, Way way) {
    return switch (named.origin()) {
      case PROTOCOL ->
          statements
              .describe(named.statement())
              .map(Statements.Description::types)
              .compose(
                  types ->
                      takes(types, execute)
                          ? values(execute, types).compose(way::run)
                          : Future.failedFuture(wrongCount(execute, types.size())));
      case SQL ->
          statements
              .runsHere(named.statement())
              .compose(
                  here ->
                      here && takes(named.statement().declaredTypes(), execute)
                          ? values(execute, named.statement().declaredTypes()).compose(way::run)
                          : call.run(statements)); // the coordinator database has it
    };
  }

  /** PostgreSQL does not look at arguments of what has no parameters. */
  private static boolean takes(List<Long> types, Statement.Execute execute) {
    return types.isEmpty() || count(execute) == types.size();
  }

  private static int count(Statement.Execute execute) {
    return ExecuteArguments.of(execute).size();
  }

  private Future<Arguments> values(Statement.Execute execute, List<Long> types) {
    if (types.isEmpty()) {
      return Future.succeededFuture(Arguments.NONE);
    }
    return ExecuteArguments.plain(ExecuteArguments.of(execute), types)
        .map(Future::succeededFuture)
        .orElseGet(() -> evaluate(execute, types))
        .map(values -> new Arguments(types, List.of(), values, List.of()));
  }

  /** In the transaction of the statement, as far as it matters. */
  private Future<List<byte[]>> evaluate(Statement.Execute execute, List<Long> types) {
    Block block = ExecuteArguments.areConstant(execute.arguments()) ? Block.ALONE : Block.MESSAGE;
    return statements.evaluate(
        ExecuteArguments.evaluation(execute, types, statements.transaction() != 'I'), block);
  }

  private static SqlError wrongCount(Statement.Execute execute, int expected) {
    return new SqlError(
        ErrorFields.error(
                SqlState.SYNTAX_ERROR,
                "wrong number of parameters for prepared statement \"" + execute.name() + "\"")
            .with(
                ErrorFields.DETAIL,
                "Expected %d parameters but got %d.".formatted(expected, count(execute))));
  }
}
