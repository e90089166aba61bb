package io.pgmesh.services.demo;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows as psql shows them. */
final class TextTable {
  private final List<List<String>> lines = new ArrayList<>();

  private TextTable() {}

  static String of(ResultSet rows) throws SQLException {
    var table = new TextTable();
    var columns = rows.getMetaData();
    var names = new ArrayList<String>();
    for (int column = 1; column <= columns.getColumnCount(); column++) {
      names.add(columns.getColumnLabel(column));
    }
    table.lines.add(names);
    while (rows.next()) {
      var values = new ArrayList<String>();
      for (int column = 1; column <= names.size(); column++) {
        String value = rows.getString(column);
        values.add(value == null ? "" : value);
      }
      table.lines.add(values);
    }
    return table.print();
  }

  private String print() {
    int[] widths =
        IntStream.range(0, lines.getFirst().size())
            .map(column -> lines.stream().mapToInt(l -> l.get(column).length()).max().orElse(0))
            .toArray();
    var text = new StringBuilder(line(lines.getFirst(), widths));
    text.append(
        IntStream.of(widths).mapToObj("-"::repeat).collect(Collectors.joining("-+-", "", "\n")));
    lines.stream().skip(1).forEach(values -> text.append(line(values, widths)));
    int count = lines.size() - 1;
    return text.append("(%d %s)\n".formatted(count, count == 1 ? "row" : "rows")).toString();
  }

  private static String line(List<String> values, int[] widths) {
    return IntStream.range(0, widths.length)
            .mapToObj(i -> values.get(i) + " ".repeat(widths[i] - values.get(i).length()))
            .collect(Collectors.joining(" | "))
            .stripTrailing()
        + "\n";
  }
}
