package io.pgmesh.contracts.api;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * What a router tells an executor about one channel, sent to {@link
 * ExecutorApi.Opened#commandsAddress} in order. A channel runs one {@link Execute}, {@link
 * Inspect}, {@link Hash} or {@link LoadCatalog} at a time: the next is sent after the last one's
 * closing event, save that suspended statements stay open.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME)
public sealed interface SessionCommand {

  long channel();

  /** Batches of rows that may be under way before the executor waits for {@link Credit}. */
  int INITIAL_CREDIT = 8;

  /**
   * Rows travel in batches of about this many bytes at most; a longer row is a batch of its own,
   * and takes the credit of several.
   */
  int BATCH_BYTES = 64 * 1024;

  /**
   * Runs a plan. Events: [RowDescription] (Rows | CopyInReady | CopyOutReady | Notice | …)* then
   * one of Completed, Suspended, Failed.
   *
   * @param statement chosen by the router, unique in the channel
   * @param maxRows rows before Suspended; 0 for all
   * @param describe whether the router wants the server's RowDescription
   */
  record Execute(
      long channel, long statement, Plan plan, Arguments arguments, int maxRows, boolean describe)
      implements SessionCommand {}

  /** Goes on with a suspended statement. */
  record Resume(long channel, long statement, int maxRows) implements SessionCommand {}

  /** Ends a suspended statement; no event answers. */
  record CloseStatement(long channel, long statement) implements SessionCommand {}

  /** The client took this many batches, counted as {@link SessionEvent.Rows#credit} does. */
  record Credit(long channel, int batches) implements SessionCommand {}

  /**
   * Bytes of CopyData messages, without their heads. Answered by {@link SessionEvent.CopyCredit}.
   */
  record CopyData(long channel, Buffer bytes) implements SessionCommand {}

  record CopyDone(long channel) implements SessionCommand {}

  record CopyFail(long channel, String reason) implements SessionCommand {}

  /**
   * Prepares and describes a text in the coordinator database, and resolves names there. Answered
   * by Inspected or Failed.
   *
   * @param parameterTypes as in Parse
   * @param relations table names as the client wrote them
   * @param functions names of called functions, lower-cased unless quoted, without schema
   * @param aside outside the session's transaction, which an error then does not fail
   */
  record Inspect(
      long channel,
      long statement,
      String sql,
      List<Long> parameterTypes,
      List<String> relations,
      List<String> functions,
      boolean aside)
      implements SessionCommand {
    public Inspect {
      parameterTypes = List.copyOf(parameterTypes);
      relations = List.copyOf(relations);
      functions = List.copyOf(functions);
    }
  }

  /**
   * Hashes values of a type that Java cannot, in the coordinator database. Answered by Hashed or
   * Failed.
   */
  record Hash(long channel, long statement, String type, List<String> values)
      implements SessionCommand {
    public Hash {
      values = List.copyOf(values);
    }
  }

  /**
   * Loads the catalog as this session's transaction sees it. Answered by CatalogLoaded or Failed.
   */
  record LoadCatalog(long channel, long statement) implements SessionCommand {}

  /** Cancels what runs, as a CancelRequest does: the statement fails with 57014 or completes. */
  record Cancel(long channel) implements SessionCommand {}

  /** The client is gone: rolls back and gives everything back. */
  record Close(long channel) implements SessionCommand {}
}
