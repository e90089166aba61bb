package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.MeshTable.Reference;
import io.pgmesh.router.planner.BuiltinFunctions.Kind;
import io.pgmesh.router.sql.Phrase;
import java.util.List;
import java.util.Set;

/** Expressions of ALTER COLUMN … TYPE … USING, which each server computes for its own rows. */
final class ConversionTexts {
  /** What differs from server to server although PostgreSQL calls it stable. */
  private static final Set<String> CLOCKS =
      Set.of(
          "now",
          "transaction_timestamp",
          "statement_timestamp",
          "current_timestamp",
          "current_date",
          "current_time",
          "localtime",
          "localtimestamp");

  private final MeshTable table;
  private final DdlText text;

  ConversionTexts(MeshTable table, DdlText text) {
    this.table = table;
    this.text = text;
  }

  /** Refuses an expression that workers would compute otherwise; tells where shards' names go. */
  void using(Phrase expression) {
    boolean varies =
        table instanceof Reference && expression.names().stream().anyMatch(this::varies);
    if (varies || Shippable.needsCoordinator(expression)) {
      throw Unsupported.because(
          "ALTER COLUMN … TYPE … USING with values that differ from server to server",
          "Add a column, fill it with UPDATE, drop the old one and rename.");
    }
    expression.names().forEach(this::qualified);
  }

  private boolean varies(Phrase name) {
    String last = name.last().value();
    return CLOCKS.contains(last) || BuiltinFunctions.kind(last) == Kind.VOLATILE;
  }

  /** A column behind the table's name: shards have names of their own. */
  private void qualified(Phrase name) {
    List<String> parts = name.identifiers();
    if (parts.size() > 1 && parts.getFirst().equals(table.name())) {
      text.table(name.sub(0, 1), table);
    } else if (parts.size() > 2
        && parts.subList(0, 2).equals(List.of(table.schema(), table.name()))) {
      text.table(name.sub(0, 3), table);
    }
  }
}
