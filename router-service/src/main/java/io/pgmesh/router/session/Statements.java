package io.pgmesh.router.session;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** What a protocol can do with SQL in one session. One call at a time. */
public interface Statements {

  /**
   * What a client may ask of a statement.
   *
   * @param types one a parameter
   * @param rowDescription a whole RowDescription or NoData message, all formats text
   */
  record Description(List<Long> types, Buffer rowDescription) {}

  /** How to run a statement. */
  record Run(int maxRows, boolean describe, Block block) {}

  /** Whether a statement outside of a transaction shares one with those around it. */
  enum Block {
    ALONE,
    /**
     * Messages up to Sync: begins an implicit transaction, which is a block in PostgreSQL's eyes
     * only for the statements behind the first.
     */
    PIPELINE,
    /** Statements of one message: begins an implicit transaction, a block for all of them. */
    MESSAGE
  }

  /** Statements of a text that may hold several. */
  List<SqlReader.Piece> split(String sql);

  /**
   * Fails unless PostgreSQL's grammar accepts a text of several statements. Asked outside of
   * transactions only: inside one an error takes back what ran before it.
   */
  default Future<Void> checkSyntax(String sql) {
    return Future.succeededFuture();
  }

  /** Reads a statement, and has it checked when it needs more than the coordinator database. */
  Future<Prepared> prepare(String sql, List<Long> types);

  /** Fails where PostgreSQL, which knows names and types, would not accept a statement at Parse. */
  default Future<Void> analyze(Prepared statement) {
    return Future.succeededFuture();
  }

  Future<Description> describe(Prepared statement);

  /** Whether {@link #describe} would answer without asking anybody. */
  boolean described(Prepared statement);

  /** Whether Execute always follows Describe of a portal, even if it is not here yet. */
  default boolean executesWhatItDescribes() {
    return false;
  }

  /**
   * Whether servers that do not know users' types by their numbers find out these by themselves.
   *
   * @param types of all parameters of the text
   */
  default Future<Boolean> infersTypes(String sql, List<Long> types) {
    return Future.succeededFuture(true);
  }

  /**
   * Whether EXECUTE of it runs here: it may be of tables of the mesh, and not of the coordinator
   * database's alone, or call set_config.
   */
  default Future<Boolean> runsHere(Prepared statement) {
    return Future.succeededFuture(true);
  }

  /**
   * Values of what a client has written as arguments of EXECUTE, in text.
   *
   * @param block the transaction that a statement behind it shares with it
   */
  default Future<List<byte[]>> evaluate(Plan.Evaluation arguments, Block block) {
    return Future.failedFuture(
        new SqlError(SqlState.FEATURE_NOT_SUPPORTED, "EXECUTE is not supported here"));
  }

  Future<Outcome> run(Prepared statement, Arguments arguments, Run how, ResultSink sink);

  /** Goes on with a suspended statement. */
  Future<Outcome> resume(long statement, int maxRows, ResultSink sink);

  /** Ends a suspended statement. */
  void closeStatement(long statement);

  /** Whether an implicit transaction is open. */
  boolean inBlock();

  /** Ends the implicit transaction, if one is open. */
  Future<Void> endBlock();

  /**
   * The client was told of an error: whatever transaction is open can only be rolled back, even
   * when the executor has not heard of it.
   */
  void failed();

  /** {@code 'I'}, {@code 'T'} or {@code 'E'}, as in ReadyForQuery. */
  char transaction();

  /** Chunks of COPY data that may be sent now. */
  int copyCredit();

  void copyData(Buffer chunk);

  void copyDone();

  void copyFail(String reason);

  /** The client has room for rows again. */
  void grantCredit();

  /** Cancels what runs. */
  void cancel();

  /** The client is gone. */
  void close();
}
