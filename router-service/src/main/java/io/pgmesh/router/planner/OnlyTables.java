package io.pgmesh.router.planner;

import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SqlWriter;
import java.util.List;
import java.util.function.Predicate;

/** {@code ONLY table} and {@code ONLY (table)} in a text. */
final class OnlyTables {
  private OnlyTables() {}

  /** The names of such tables that stand behind ONLY. */
  static List<Phrase> in(Phrase text, Predicate<Phrase> tables) {
    return text.names().stream()
        .filter(name -> text.has(only(text, name), "only") && tables.test(name))
        .toList();
  }

  /** Takes the word away before such tables. */
  static void takeAway(Phrase text, Predicate<Phrase> tables, SqlWriter.Replacing replaced) {
    for (Phrase name : in(text, tables)) {
      int only = only(text, name);
      int behind = name.to() - text.from();
      replaced.replace(text.at(only).start(), name.start(), "");
      if (text.hasSymbol(only + 1, "(")) {
        replaced.replace(name.end(), text.at(behind).end(), "");
      }
    }
  }

  private static int only(Phrase text, Phrase name) {
    int at = name.from() - text.from();
    boolean brackets = text.hasSymbol(at - 1, "(") && text.hasSymbol(name.to() - text.from(), ")");
    return brackets ? at - 2 : at - 1;
  }
}
