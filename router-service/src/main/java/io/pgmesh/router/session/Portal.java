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

  /** Whether a Describe waits for the row description that comes with the first Execute. */
  boolean describeAtExecute;

  private Progress progress = new Progress.Ready();

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
  }

  /** With the types as known by now. */
  Arguments arguments() {
    var types = new ArrayList<>(named.statement().knownTypes());
    while (types.size() < values.size()) {
      types.add(0L); // the server decides
    }
    return new Arguments(types, formats, values, resultFormats);
  }

  Progress progress() {
    return progress;
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
