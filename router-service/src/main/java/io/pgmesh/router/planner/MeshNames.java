package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.router.sql.Lexer;
import io.pgmesh.router.sql.ParsedStatement;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether a statement mentions a table of the mesh by its name. Nothing is asked about the many
 * that do not.
 */
final class MeshNames {
  static final Set<String> SYSTEM_COLUMNS =
      Set.of("tableoid", "ctid", "xmin", "xmax", "cmin", "cmax");

  /** Names of the snapshot that was asked for last: many statements use one snapshot. */
  private static volatile MeshNames last = new MeshNames(CatalogSnapshot.EMPTY);

  private final CatalogSnapshot catalog;
  private final Set<String> tables = new HashSet<>();
  private final Set<String> all = new HashSet<>();

  private MeshNames(CatalogSnapshot catalog) {
    this.catalog = catalog;
    catalog
        .tables()
        .forEach(
            table -> {
              tables.add(table.name());
              all.add(table.name());
              all.addAll(table.indexes());
            });
  }

  private static MeshNames of(CatalogSnapshot catalog) {
    MeshNames names = last;
    if (names.catalog != catalog) {
      names = new MeshNames(catalog);
      last = names;
    }
    return names;
  }

  static boolean mentioned(ParsedStatement statement, CatalogSnapshot catalog) {
    return mentioned(statement, of(catalog).tables);
  }

  static boolean mentionedWithIndexes(ParsedStatement statement, CatalogSnapshot catalog) {
    return mentioned(statement, of(catalog).all);
  }

  /**
   * Functions that a statement calls, and names behind others' that are columns of no table of the
   * mesh there: {@code t.f} may be {@code f(t)}.
   */
  static List<String> called(ParsedStatement statement, CatalogSnapshot catalog) {
    Set<String> names = new HashSet<>();
    statement.relations().forEach(name -> names.add(lastPart(name)));
    Set<String> columns = new HashSet<>(SYSTEM_COLUMNS);
    for (MeshTable table : catalog.tables()) {
      if (names.contains(table.name())) {
        columns.add(table.name());
        table.columns().forEach(column -> columns.add(column.name()));
      }
    }
    Set<String> called = new LinkedHashSet<>(statement.functions());
    statement.relations().stream()
        .filter(name -> name.contains("."))
        .map(MeshNames::lastPart)
        .filter(name -> !columns.contains(name))
        .forEach(called::add);
    return List.copyOf(called);
  }

  private static boolean mentioned(ParsedStatement statement, Set<String> names) {
    for (String relation : statement.relations()) {
      if (names.contains(lastPart(relation))) {
        return true;
      }
    }
    return false;
  }

  private static String lastPart(String name) {
    if (name.endsWith("\"")) {
      return Lexer.tokens(name).getLast().value();
    }
    return Lexer.fold(name.substring(name.lastIndexOf('.') + 1).strip());
  }
}
