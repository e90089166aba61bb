package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Column;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.router.sql.Phrase;
import java.util.ArrayList;
import java.util.List;

/** The list behind SET of an UPDATE or of ON CONFLICT DO UPDATE. */
record Assignments(List<Assignment> list) {

  /**
   * @param columns one, or those of {@code (a, b) = …}
   */
  record Assignment(List<String> columns, Phrase value) {

    /** One a column, but for a subquery or one row for all of them. */
    List<Phrase> values() {
      int row = value.starts("row") ? 1 : 0;
      boolean list =
          columns.size() > 1
              && value.hasSymbol(row, "(")
              && value.behindBrackets(row) == value.size();
      return list ? value.sub(row + 1, value.size() - 1).split(",") : List.of(value);
    }
  }

  static Assignments of(Phrase phrase) {
    List<Assignment> list = new ArrayList<>();
    for (Phrase part : phrase.split(",")) {
      if (part.hasSymbol(0, "(")) {
        int end = part.behindBrackets(0);
        List<String> columns =
            part.sub(1, end - 1).split(",").stream().map(name -> name.first().value()).toList();
        list.add(new Assignment(columns, part.skip(end + 1)));
      } else {
        int equals = 0;
        while (equals < part.size() && !part.hasSymbol(equals, "=")) {
          equals++;
        }
        list.add(new Assignment(List.of(part.first().value()), part.skip(equals + 1)));
      }
    }
    return new Assignments(list);
  }

  /** Refuses a new value of the distribution column, unless it is the column itself. */
  void checkKeyIsKept(Distributed table) {
    String key = table.distributionColumn();
    for (Assignment assignment : list) {
      boolean itself =
          assignment.value().size() == 1
              && assignment.value().first().isIdentifier()
              && assignment.value().first().value().equals(key);
      if (assignment.columns().contains(key) && !itself) {
        throw Unsupported.message("modifying the partition value of rows is not allowed");
      }
    }
  }

  /** Refuses DEFAULT for a column whose values come from a sequence. */
  void checkDefaults(Distributed table) {
    for (Assignment assignment : list) {
      boolean sequence =
          table.columns().stream()
              .filter(column -> assignment.columns().contains(column.name()))
              .anyMatch(column -> column.fill() == Column.Fill.COORDINATOR);
      if (sequence && assignment.value().contains("default")) {
        throw Unsupported.feature(
            "SET … = DEFAULT for a column of a distributed table that a sequence fills");
      }
    }
  }
}
