package io.pgmesh.router.sql;

import io.pgmesh.contracts.plan.Plan.Effects;
import io.pgmesh.contracts.plan.Plan.Use;
import java.util.OptionalInt;

/** DECLARE, FETCH, MOVE and CLOSE; forms that postgres_fdw does not use are utility statements. */
final class CursorClassifier {
  private CursorClassifier() {}

  static Statement classify(Phrase text) {
    return switch (text.first().value()) {
      case "declare" -> declare(text);
      case "fetch" -> fetch(text);
      case "move" -> block(text);
      default ->
          text.size() == 2 && !text.has(1, "all")
              ? new Statement.CloseCursor(text.at(1).value())
              : block(text);
    };
  }

  private static Statement declare(Phrase text) {
    int cursor = text.find(1, "cursor");
    int behind = text.find(Math.max(cursor, 1), "for");
    if (cursor < 0 || behind < 0) {
      return block(text);
    }
    boolean holds = text.has(cursor + 1, "with");
    Phrase head = text.sub(0, cursor + 1);
    return new Statement.DeclareCursor(text.at(1).value(), holds, head, text.skip(behind + 1));
  }

  private static Statement fetch(Phrase text) {
    int from = Math.max(text.find(1, "from"), text.find(1, "in"));
    boolean simple = from > 0 && from == text.size() - 2;
    int count = text.has(1, "forward") ? 2 : 1;
    if (!simple) {
      return block(text);
    }
    String name = text.last().value();
    if (from == count) {
      return new Statement.FetchCursor(name, 1);
    }
    if (from == count + 1 && text.has(count, "all")) {
      return new Statement.FetchCursor(name, 0);
    }
    OptionalInt rows = Classifier.count(text, count);
    return from == count + 1 && rows.isPresent() && rows.getAsInt() > 0
        ? new Statement.FetchCursor(name, rows.getAsInt())
        : block(text);
  }

  private static Statement block(Phrase text) {
    return Classifier.utility(text, Use.BLOCK, Effects.CURSOR);
  }
}
