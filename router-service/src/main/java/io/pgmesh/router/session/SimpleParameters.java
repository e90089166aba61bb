package io.pgmesh.router.session;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.router.sql.Lexer;
import io.pgmesh.router.sql.Token;
import io.vertx.core.Future;
import java.util.Optional;

/** A simple query has no parameters: what looks like one is an error, save inside of bodies. */
final class SimpleParameters {
  private static final String INDETERMINATE_TYPE = "42P18";

  private SimpleParameters() {}

  /** The statement, once it is known that it has no parameters of its own. */
  static Future<Prepared> refuse(Statements statements, String sql) {
    Future<Prepared> prepared = statements.prepare(sql, java.util.List.of());
    return sql.indexOf('$') < 0
        ? prepared
        : LongTexts.work(sql, () -> first(sql))
            .compose(
                first ->
                    first.isEmpty()
                        ? prepared
                        : refuse(statements, prepared, error(sql, first.get())));
  }

  private static Future<Prepared> refuse(
      Statements statements, Future<Prepared> prepared, SqlError error) {
    return prepared
        .compose(
            statement ->
                statements
                    .describe(statement)
                    .compose(
                        described ->
                            described.types().isEmpty()
                                ? Future.succeededFuture(statement)
                                : Future.failedFuture(error)))
        .recover(cause -> Future.failedFuture(untyped(cause) ? error : cause));
  }

  private static Optional<Token> first(String sql) {
    return Lexer.tokens(sql).stream()
        .filter(token -> token.kind() == Token.Kind.PARAMETER)
        .findFirst();
  }

  private static boolean untyped(Throwable cause) {
    return SqlError.from(cause).fields().code().equals(INDETERMINATE_TYPE);
  }

  private static SqlError error(String sql, Token parameter) {
    String message = "there is no parameter $" + parameter.value();
    int position = sql.codePointCount(0, parameter.start()) + 1;
    return new SqlError(
        ErrorFields.error(SqlState.UNDEFINED_PARAMETER, message)
            .with(ErrorFields.POSITION, String.valueOf(position)));
  }
}
