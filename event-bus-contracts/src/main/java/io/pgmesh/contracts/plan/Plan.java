package io.pgmesh.contracts.plan;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.pgmesh.contracts.replica.ReplicaChanges;
import java.util.List;
import java.util.Optional;

/** What an executor does for one statement: data only. {@link PlanText} prints it. */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME)
public sealed interface Plan {

  /**
   * The whole statement runs in the coordinator database: local and reference tables, and through
   * the loopback anything else.
   *
   * @param reason why no cheaper tier applies; empty when the statement has only local tables
   * @param locks what its scans through the loopback, where they lock rows, do about other locks
   * @param configured what it sets by calls of set_config
   */
  record Coordinator(
      SqlText sql,
      Use use,
      Effects effects,
      String reason,
      RowLocks locks,
      List<ConfigCall> configured)
      implements Plan {
    public Coordinator {
      configured = List.copyOf(configured);
    }

    public Coordinator(SqlText sql, Use use, Effects effects, String reason, RowLocks locks) {
      this(sql, use, effects, reason, locks, List.of());
    }

    public Coordinator(SqlText sql, Use use, Effects effects, String reason) {
      this(sql, use, effects, reason, RowLocks.NONE);
    }

    public Coordinator(SqlText sql, Use use) {
      this(sql, use, Effects.NONE, "");
    }

    /** The same with another text. */
    public Coordinator with(SqlText other) {
      return new Coordinator(other, use, effects, reason, locks, configured);
    }

    /** The same with other effects. */
    public Coordinator with(Effects others) {
      return new Coordinator(sql, use, others, reason, locks, configured);
    }

    public Coordinator configuring(List<ConfigCall> calls) {
      return new Coordinator(sql, use, effects, reason, locks, calls);
    }
  }

  /**
   * A call of set_config, whose value only running it tells.
   *
   * @param name of the setting, lower case
   * @param local until the transaction ends
   */
  record ConfigCall(String name, boolean local) {}

  /** How a statement stands to transactions when the client has none open. */
  enum Use {
    /** Only reads and calls nothing of the users': runs by itself. */
    READ,
    /** May write, here or through the loopback: runs in a transaction block of the executor's. */
    BLOCK,
    /** PostgreSQL refuses it inside a block (VACUUM, CREATE DATABASE, …): runs by itself. */
    NO_BLOCK,
    /**
     * PostgreSQL refuses it outside a block (LOCK, DECLARE): runs in the client's, never in one of
     * the executor's.
     */
    CLIENT_BLOCK;

    /** Whether it may only run as PostgreSQL would run it: no block is opened for it. */
    public boolean judgedByBlock() {
      return switch (this) {
        case READ, BLOCK -> false;
        case NO_BLOCK, CLIENT_BLOCK -> true;
      };
    }
  }

  /**
   * What a statement leaves behind besides rows.
   *
   * @param changesSchema the catalog's epoch must grow when it commits
   * @param bindsSession the session keeps its coordinator connection from now on (temporary tables,
   *     PREPARE, LISTEN, …)
   * @param code whose functions may run, which may leave what the statement does not show
   */
  record Effects(boolean changesSchema, boolean bindsSession, Cursor cursor, Code code) {
    public static final Effects NONE = new Effects(false, false);
    public static final Effects BUILT_IN = new Effects(false, false, Cursor.NONE, Code.BUILT_IN);
    public static final Effects SCHEMA = new Effects(true, false);
    public static final Effects SESSION = new Effects(false, true);
    public static final Effects CURSOR = new Effects(false, false, Cursor.USES);

    public Effects(boolean changesSchema, boolean bindsSession) {
      this(changesSchema, bindsSession, Cursor.NONE);
    }

    public Effects(boolean changesSchema, boolean bindsSession, Cursor cursor) {
      this(changesSchema, bindsSession, cursor, Code.ANY);
    }
  }

  /** Whose functions a statement may call. */
  enum Code {
    ANY,
    /** None but PostgreSQL's own. */
    BUILT_IN
  }

  /** What a statement does with a cursor of SQL. */
  enum Cursor {
    NONE,
    /** DECLARE of one that keeps its rows, which are read later. */
    DECLARES,
    /** DECLARE of another, FETCH, MOVE and CLOSE. */
    USES,
    /** A query that may read shards: where its rows are taken in parts, a cursor keeps them. */
    BECOMES
  }

  /**
   * The whole statement runs on one worker.
   *
   * @param writes whether the worker takes part in the commit as a writer
   */
  record OneShard(Task task, boolean writes) implements Plan {}

  /**
   * Tasks on several workers, or several on one; tasks of one worker run in list order on one
   * connection.
   */
  record Scatter(List<Task> tasks, Gather gather, Use use) implements Plan {
    public Scatter {
      tasks = List.copyOf(tasks);
    }

    public Scatter(List<Task> tasks, Gather gather, boolean writes) {
      this(tasks, gather, writes ? Use.BLOCK : Use.READ);
    }

    /** Whether the workers take part in the commit as writers. */
    public boolean writes() {
      return use == Use.BLOCK;
    }
  }

  /**
   * Rows of a query, each inserted into the shard that owns it.
   *
   * @param source gives the values in the order of {@code columns}, of the columns' types
   */
  record RoutedInsert(
      Plan source, ShardedTarget target, List<String> columns, int keyIndex, InsertTail tail)
      implements Plan {
    public RoutedInsert {
      columns = List.copyOf(columns);
    }
  }

  /**
   * What follows the rows of an INSERT, copied from the client's text and valid on a shard as it
   * is: {@code ON CONFLICT …}, {@code RETURNING …}.
   *
   * @param alias the name under which the tail calls the table
   * @param overriding {@code OVERRIDING … VALUE} or empty, before the rows
   */
  record InsertTail(
      String alias, String overriding, String conflict, String returning, Returned returned) {
    public static final InsertTail NONE = new InsertTail("", "", "", "", Returned.UNORDERED);
  }

  /** Which of its rows an INSERT returns; they come in the order in which they were given. */
  enum Returned {
    /** None, or more than can be told. */
    UNORDERED,
    /** Every one: those of a shard are known by their places. */
    EVERY,
    /**
     * Those that were not there before: which, only tells a statement by itself for those that
     * stand side by side and go to one shard.
     */
    SOME
  }

  /**
   * A plan over shards whose texts have one parameter behind the client's: the time of the
   * transaction, of type {@code timestamptz}, or NULL where one server alone decides it.
   *
   * @param ofStatement whether one more follows, the time of the statement, which is that of the
   *     transaction where the statement is all of it
   */
  record Timed(Plan plan, boolean ofStatement) implements Plan {}

  /**
   * The shards that rows may go to.
   *
   * @param keyTypeOid selects the hash function
   * @param keyType the type's name for a server that hashes what Java cannot
   * @param shards in order of their ranges, which cover the signed 32-bit space
   */
  record ShardedTarget(String table, long keyTypeOid, String keyType, List<ShardTarget> shards) {
    public ShardedTarget {
      shards = List.copyOf(shards);
    }
  }

  /**
   * @param relation the shard's relation, qualified and quoted
   * @param minHash inclusive lower end of its range
   */
  record ShardTarget(Server server, long shardId, int minHash, String relation) {}

  /**
   * COPY … FROM STDIN into a distributed table.
   *
   * @param columns the columns that the client's rows carry, in their order
   * @param keyIndex index of the distribution column in {@code columns} and, behind them, {@code
   *     filled}
   * @param options what follows {@code COPY shard (columns) FROM STDIN}, for every shard: options
   *     in parentheses, HEADER among them where the client's rows have one, and {@code WHERE …}
   * @param freezes whether FREEZE is among them, which a server refuses even where no row comes
   * @param filled columns that the client does not give and the coordinator database fills,
   *     appended to every row
   */
  record CopyIn(
      ShardedTarget target,
      List<String> columns,
      int keyIndex,
      CopyFormat format,
      String options,
      boolean freezes,
      List<FilledColumn> filled)
      implements Plan {
    public CopyIn {
      columns = List.copyOf(columns);
      filled = List.copyOf(filled);
    }
  }

  /**
   * VACUUM and ANALYZE of all that there is: the workers' relations, then what the coordinator
   * database has itself.
   */
  record Maintenance(Scatter workers, Coordinator coordinator) implements Plan {}

  /**
   * A column whose absent value the coordinator database evaluates.
   *
   * @param constant whether all rows have the same, so that one evaluation does
   * @param writes whether evaluating it may change more than a sequence
   */
  record FilledColumn(String name, String expression, boolean constant, boolean writes) {}

  /**
   * A change of schema objects, all of it in one transaction: first the coordinator steps in order,
   * then the workers' tasks.
   *
   * @param tag the command tag that the client sees, empty to use the last coordinator step's
   * @param references oids of reference tables that change: their replicas must have applied all
   *     before workers change
   */
  record Ddl(List<SqlText> coordinator, List<Task> workers, String tag, List<Long> references)
      implements Plan {
    public Ddl {
      coordinator = List.copyOf(coordinator);
      workers = List.copyOf(workers);
      references = List.copyOf(references);
    }
  }

  /**
   * EXPLAIN of a plan that is not the coordinator's.
   *
   * @param lines printed first
   * @param sample an EXPLAIN statement whose rows follow, indented
   */
  record Explain(List<String> lines, Optional<Task> sample) implements Plan {
    public Explain {
      lines = List.copyOf(lines);
    }
  }

  /** BEGIN, COMMIT, … of a client, of an implicit block, or of a loopback session. */
  record Transaction(Verb verb, String savepoint, SqlText sql) implements Plan {
    public enum Verb {
      BEGIN,
      COMMIT,
      ROLLBACK,
      SAVEPOINT,
      RELEASE,
      ROLLBACK_TO,
      /**
       * Opens the block that several statements of one message, or of one pipeline up to Sync,
       * share.
       */
      BEGIN_IMPLICIT,
      /** Ends an implicit block; nothing happens when the client ended it or made it explicit. */
      COMMIT_IMPLICIT
    }
  }

  /**
   * SET, RESET, SET TRANSACTION, DISCARD, …: applied to the session's connections and remembered
   * for those it gets later.
   *
   * @param name lower case; {@code "all"} for RESET ALL and DISCARD ALL
   * @param scope how long it holds
   * @param workers what workers get in place of the text, where names are others there; those that
   *     are not listed get nothing
   */
  record Setting(String name, Scope scope, SqlText sql, Optional<List<Task>> workers)
      implements Plan {
    public Setting {
      workers = workers.map(List::copyOf);
    }

    /** The same text everywhere. */
    public Setting(String name, Scope scope, SqlText sql) {
      this(name, scope, sql, Optional.empty());
    }

    public enum Scope {
      SESSION,
      LOCAL,
      /**
       * SET TRANSACTION, SET CONSTRAINTS and parameters that end with the transaction: this
       * transaction's connections only, in the order given.
       */
      TRANSACTION,
      RESET
    }
  }

  /**
   * DECLARE of a loopback session.
   *
   * @param locks what it does about locks of others, where it locks rows: WAIT whatever its
   *     statement says, NONE where only that says it
   */
  record DeclareCursor(String name, Plan query, RowLocks locks) implements Plan {}

  /**
   * FETCH of a loopback session.
   *
   * @param count rows; 0 for all
   */
  record FetchCursor(String name, int count) implements Plan {}

  /** CLOSE of a loopback session. */
  record CloseCursor(String name) implements Plan {}

  /**
   * SQL that a function of the coordinator database sends to workers through the loopback; answers
   * one row with one text column: a JSON array of {@code {"server", "success", "result"}} in call
   * order, result as {@code run_command_on_workers} gives it.
   */
  record WorkerCalls(List<WorkerCall> calls, Mode mode) implements Plan {
    public WorkerCalls {
      calls = List.copyOf(calls);
    }

    public enum Mode {
      /**
       * In the client's transaction, failing it on the first error; the catalog's epoch grows when
       * it commits.
       */
      DDL,
      /**
       * As {@link #DDL}, for relations that are replicas of reference tables: only after all
       * committed rows in their old shape have arrived.
       */
      REPLICAS,
      /** In the client's transaction as a writer, failing it on the first error. */
      WRITE,
      /** In transactions of their own, errors reported in the answer. */
      REPORT
    }
  }

  /**
   * Changes that the client's transaction made to reference tables: every worker with a live
   * replica applies them inside the transaction. Answers as {@link WorkerCalls} does.
   */
  record Carry(ReplicaChanges changes) implements Plan {}

  /**
   * The arguments of EXECUTE, which the coordinator database computes as PostgreSQL does: answers
   * one row of text values of the parameters' types.
   *
   * @param types the parameters' types, as the coordinator database knows them
   * @param call EXECUTE of a statement of the name {@link #STATEMENT} with the client's arguments
   * @param writes whether they call what may change rows
   */
  record Evaluation(List<Long> types, SqlText call, boolean writes, Effects effects)
      implements Plan {
    /** What the executor prepares for {@code call}. */
    public static final String STATEMENT = "pgmesh_arguments";

    public Evaluation {
      types = List.copyOf(types);
    }
  }

  /** One or more statements, separated by semicolons, for one server. */
  record WorkerCall(Server server, String sql) {}
}
