package io.pgmesh.contracts.api;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.error.ErrorFields;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * What an executor tells the router about one channel, in order. {@code statement} is the one of
 * the command it answers.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME)
public sealed interface SessionEvent {

  long channel();

  /** A whole RowDescription message (tag, length, fields), or a whole NoData message. */
  record RowDescription(long channel, long statement, Buffer frame) implements SessionEvent {}

  /**
   * Whole DataRow messages, or whole CopyData messages of a COPY out, one behind the other: to be
   * relayed as they are.
   */
  record Rows(long channel, long statement, Buffer frames) implements SessionEvent {
    /** What it takes of the credit: a long row counts as the batches whose place it takes. */
    public int credit() {
      return Math.max(1, Math.ceilDiv(frames.length(), SessionCommand.BATCH_BYTES));
    }
  }

  /** A whole CopyInResponse message: the client may send. */
  record CopyInReady(long channel, long statement, Buffer frame) implements SessionEvent {}

  /**
   * The executor took this many {@link SessionCommand.CopyData}s; the router starts with {@link
   * SessionCommand#INITIAL_CREDIT}.
   */
  record CopyCredit(long channel, int chunks) implements SessionEvent {}

  /** A whole CopyOutResponse message; Rows and then Completed follow. */
  record CopyOutReady(long channel, long statement, Buffer frame) implements SessionEvent {}

  /**
   * The statement ended well.
   *
   * @param tag as in CommandComplete; empty for an empty query
   */
  record Completed(long channel, long statement, String tag, State state) implements SessionEvent {}

  /** {@code maxRows} rows were sent and there may be more. */
  record Suspended(long channel, long statement, State state) implements SessionEvent {}

  /** The statement ended in an error. */
  record Failed(long channel, long statement, ErrorFields error, State state)
      implements SessionEvent {}

  /**
   * The session after a statement.
   *
   * @param transaction {@code 'I'}, {@code 'T'} or {@code 'E'}, as in ReadyForQuery
   * @param catalogChanged an open transaction has changed the catalog or a schema object: load it
   *     anew before planning
   * @param wroteReference an open transaction has written a reference table: only the primary copy
   *     shows that
   * @param meaningChanged users' code has made temporary objects or settings: texts may mean
   *     something else than before
   * @param epoch the router waits for a snapshot at least this new before it goes on; 0 for none
   */
  record State(
      char transaction,
      boolean catalogChanged,
      boolean wroteReference,
      boolean meaningChanged,
      long epoch) {
    public static final State IDLE = new State('I', false, false, false, 0);
  }

  record Notice(long channel, ErrorFields notice) implements SessionEvent {}

  record ParameterChanged(long channel, String name, String value) implements SessionEvent {}

  record Notification(long channel, int processId, String name, String payload)
      implements SessionEvent {}

  /**
   * The session's coordinator connection or executor is gone: the client must be told and
   * disconnected.
   */
  record Lost(long channel, ErrorFields error) implements SessionEvent {}

  /**
   * @param parameterTypes one a parameter
   * @param rowDescription a whole RowDescription or NoData message, all formats text
   * @param relations one a name asked for
   * @param userFunctions whether any function name asked for belongs to a function that is not
   *     built in or written in C
   * @param volatileFunctions whether any is volatile
   * @param types those of parameters and columns that have parts, and those that these have as
   *     parts; none where no parameter or column is of a users' type or an anonymous row
   */
  record Inspected(
      long channel,
      long statement,
      List<Long> parameterTypes,
      Buffer rowDescription,
      List<Relation> relations,
      boolean userFunctions,
      boolean volatileFunctions,
      List<TypeParts> types)
      implements SessionEvent {
    public Inspected {
      parameterTypes = List.copyOf(parameterTypes);
      relations = List.copyOf(relations);
      types = List.copyOf(types);
    }
  }

  /**
   * A type that is made of others, by the coordinator database's oids.
   *
   * @param name as SQL of the session may write it
   * @param parts the element's type, the columns', the domain's base or the bounds'
   */
  record TypeParts(long oid, String name, Kind kind, List<Long> parts) {
    public TypeParts {
      parts = List.copyOf(parts);
    }

    /** What a type with parts is. */
    public enum Kind {
      ARRAY,
      ROW,
      DOMAIN,
      RANGE,
      MULTIRANGE
    }
  }

  /**
   * What a table name means in the coordinator database.
   *
   * @param oid 0 when there is no such relation
   * @param kind pg_class.relkind, {@code ' '} when there is none
   * @param insertable whether the role may insert values into all its columns
   * @param readsShards whether it is a view over distributed tables; asked of queries that may lock
   *     rows without waiting
   */
  record Relation(
      String asked,
      long oid,
      String schema,
      String name,
      char kind,
      boolean insertable,
      boolean readsShards) {
    public Relation(
        String asked, long oid, String schema, String name, char kind, boolean insertable) {
      this(asked, oid, schema, name, kind, insertable, false);
    }
  }

  record Hashed(long channel, long statement, List<Integer> hashes) implements SessionEvent {
    public Hashed {
      hashes = List.copyOf(hashes);
    }
  }

  record CatalogLoaded(long channel, long statement, CatalogSnapshot catalog)
      implements SessionEvent {}
}
