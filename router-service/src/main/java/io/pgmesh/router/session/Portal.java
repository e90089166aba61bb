package io.pgmesh.router.session;

import io.pgmesh.contracts.plan.Arguments;
import java.util.ArrayList;
import java.util.List;

/** A bound statement on its way: ready, suspended between rows, completed or failed. */
final class Portal {
  final NamedStatements.Named named;
  final List<Integer> formats;
  final List<byte[]> values;
  final List<Integer> resultFormats;
  private List<Integer> rowFormats;

  /** Whether a Describe waits for the row description that comes with the first Execute. */
  boolean describeAtExecute;

  private Progress progress = new Progress.Ready();
  private boolean active;

  sealed interface Progress {
    record Ready() implements Progress {}

    record Suspended(long statement) implements Progress {}

    /**
     * @param tag as in CommandComplete; empty for an empty query
     */
    record Completed(String tag) implements Progress {}

    record Failed() implements Progress {}
  }

  Portal(
      NamedStatements.Named named,
      List<Integer> formats,
      List<byte[]> values,
      List<Integer> resultFormats) {
    this.named = named;
    this.formats = formats;
    this.values = values;
    this.resultFormats = resultFormats;
    this.rowFormats = resultFormats;
  }

  /** Whether it gives rows in these formats: until it has run in any. */
  boolean givesRows(List<Integer> wanted) {
    if (progress instanceof Progress.Ready) {
      rowFormats = wanted;
    }
    return same(rowFormats).equals(same(wanted));
  }

  private static List<Integer> same(List<Integer> formats) {
    return formats.stream().allMatch(format -> format == 0) ? List.of() : formats;
  }

  /** With the types as known by now. */
  Arguments arguments() {
    var types = new ArrayList<>(named.statement().knownTypes());
    while (types.size() < values.size()) {
      types.add(0L); // the server decides
    }
    return new Arguments(types, formats, values, rowFormats);
  }

  Progress progress() {
    return progress;
  }

  /** Whether it runs: what it runs may name it. */
  boolean active() {
    return active;
  }

  void active(boolean runs) {
    active = runs;
  }

  void advance(Outcome outcome) {
    progress =
        switch (outcome) {
          case Outcome.Completed(String tag) -> new Progress.Completed(tag);
          case Outcome.Suspended(long suspended) -> new Progress.Suspended(suspended);
        };
  }

  void fail() {
    progress = new Progress.Failed();
  }
}
