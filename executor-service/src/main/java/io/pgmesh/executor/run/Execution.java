package io.pgmesh.executor.run;

import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.tx.SessionTransaction;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One run of a plan: for whom, with what, in which transaction.
 *
 * @param mode whose settings its statements run under
 * @param times how many of the last arguments are times and none of the client's
 */
record Execution(
    Channel channel,
    long statement,
    Arguments arguments,
    int maxRows,
    boolean describe,
    SessionTransaction transaction,
    ClientListener listener,
    Participant.Mode mode,
    int times) {
  private static final long TIMESTAMPTZ = 1184;
  private static final String ROUNDING = "extra_float_digits";
  private static final Pattern ALL_DIGITS =
      Pattern.compile("[ =']\\+?[1-3]'?(, false\\))?\\s*;?\\s*$");

  Session session() {
    return channel.session();
  }

  /** Whether the rows come in parts, which takes a named portal in a transaction block. */
  boolean inParts() {
    return maxRows > 0;
  }

  /** Whether the client's statement has parameters, so that it may come again with others. */
  boolean hasParameters() {
    return arguments.values().size() > times;
  }

  /**
   * The same with one more argument.
   *
   * @param time as binary {@code timestamptz}, null for NULL
   */
  Execution withTime(byte[] time) {
    var more = arguments.with(TIMESTAMPTZ, time);
    return new Execution(
        channel, statement, more, maxRows, describe, transaction, listener, mode, times + 1);
  }

  /** The same for another text, which takes these. */
  Execution withArguments(Arguments others) {
    return new Execution(
        channel, statement, others, maxRows, describe, transaction, listener, mode, times);
  }

  /**
   * The same for rows that go on to other servers as text: with all digits, where the client may
   * have asked for fewer.
   */
  Execution withExactRows() {
    String setting = session().settings().getOrDefault(ROUNDING, "");
    boolean asked =
        !setting.isEmpty() && !ALL_DIGITS.matcher(setting).find()
            || transaction.hasSetting(ROUNDING);
    var exact = asked ? Participant.Mode.EXACT : mode;
    return new Execution(
        channel, statement, arguments, maxRows, describe, transaction, listener, exact, times);
  }

  /** The same for rows that the executor itself reads. */
  Execution withTextRows() {
    var text = new Arguments(arguments.types(), arguments.formats(), arguments.values(), List.of());
    return new Execution(channel, statement, text, 0, false, transaction, listener, mode, times);
  }

  /** The same with the rows described first, by each server. */
  Execution describing() {
    return new Execution(
        channel, statement, arguments, maxRows, true, transaction, listener, mode, times);
  }
}
