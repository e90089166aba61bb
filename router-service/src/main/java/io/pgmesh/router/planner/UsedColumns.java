package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Column;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.router.planner.QueryAnalysis.Use;
import io.pgmesh.router.sql.Phrase;
import java.util.List;

/** Which columns of a table a query may use: rather too many than too few. */
final class UsedColumns {
  private final Phrase query;

  UsedColumns(Phrase query) {
    this.query = query;
  }

  /** In the table's order. */
  List<String> of(Use use, Distributed table) {
    List<String> all = table.columns().stream().map(Column::name).toList();
    return use.source().renamed() || query.contains("natural") || hasStar() || namesRow(use)
        ? all
        : all.stream().filter(this::mentions).toList();
  }

  /** A star that is neither {@code count(*)} nor a product. */
  private boolean hasStar() {
    for (int i = 1; i < query.size(); i++) {
      boolean ends =
          i + 1 == query.size() || query.hasSymbol(i + 1, ",") || query.has(i + 1, "from");
      boolean all = query.hasSymbol(i - 1, ".") || ends && !query.hasSymbol(i - 1, "(");
      if (all && query.hasSymbol(i, "*")) {
        return true;
      }
    }
    return false;
  }

  /** Whether the table's alias stands for its row somewhere: but for FROM, no column follows. */
  private boolean namesRow(Use use) {
    int alone = 0;
    for (int i = 0; i < query.size(); i++) {
      boolean named =
          query.at(i).isIdentifier() && query.at(i).value().equals(use.source().alias());
      if (named && !query.hasSymbol(i + 1, ".")) {
        alone++;
      }
    }
    return alone > 1;
  }

  private boolean mentions(String column) {
    for (int i = 0; i < query.size(); i++) {
      if (query.at(i).isIdentifier() && query.at(i).value().equals(column)) {
        return true;
      }
    }
    return false;
  }
}
