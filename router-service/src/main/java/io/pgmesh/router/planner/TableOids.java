package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.router.planner.QueryAnalysis.Use;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Query;
import io.pgmesh.router.sql.SqlWriter;
import java.util.List;
import java.util.Optional;

/**
 * Puts the oids of distributed tables in place of {@code tableoid}, which is NULL for the rows that
 * an outer join makes up.
 */
final class TableOids {
  private static final String NAME = "tableoid";

  private final QueryAnalysis analysis;
  private final SqlWriter.Replacing text;

  TableOids(QueryAnalysis analysis, SqlWriter.Replacing text) {
    this.analysis = analysis;
    this.text = text;
  }

  void replaceIn(Phrase query) {
    for (Phrase name : query.names()) {
      if (isTableOid(name)) {
        owner(name)
            .ifPresent(
                table ->
                    text.replace(
                        name,
                        "(CASE WHEN %s IS NOT NULL THEN %d::pg_catalog.oid END)"
                            .formatted(name.text(), table.oid())));
      }
    }
    for (Query.Block block : analysis.blocks()) {
      block.items().forEach(this::keepLabel);
    }
  }

  private static boolean isTableOid(Phrase name) {
    return name.last().value().equals(NAME);
  }

  private Optional<Distributed> owner(Phrase name) {
    Optional<Frame> frame = analysis.frameOf(name);
    while (frame.isPresent()) {
      Optional<Frame> here = frame;
      List<Use> known =
          analysis.uses().stream().filter(use -> mayOwn(here.get(), use, name)).toList();
      if (known.size() == 1) {
        return Optional.of(known.getFirst().table())
            .filter(Distributed.class::isInstance)
            .map(Distributed.class::cast);
      }
      if (!known.isEmpty() || endsSearch(frame.get(), name)) {
        return Optional.empty();
      }
      frame = frame.get().outer();
    }
    return Optional.empty();
  }

  private static boolean mayOwn(Frame frame, Use use, Phrase name) {
    boolean here = frame.sources().stream().anyMatch(source -> source.id() == use.id());
    return here && (name.size() == 1 || use.source().alias().equals(qualifier(name)));
  }

  private static boolean endsSearch(Frame frame, Phrase name) {
    return name.size() == 1 ? !frame.sources().isEmpty() : frame.isAlias(qualifier(name));
  }

  private static String qualifier(Phrase name) {
    return name.at(name.size() - 3).value();
  }

  /** PostgreSQL names an output after the column that it shows, through casts and parentheses. */
  private void keepLabel(Query.Item item) {
    Phrase expression = item.expression();
    if (!item.labelled() && !item.isStar() && showsTableOid(expression)) {
      text.insert(expression.end(), " AS " + NAME);
    }
  }

  private static boolean showsTableOid(Phrase expression) {
    if (expression.starts("cast") && expression.hasSymbol(1, "(")) {
      Phrase inside = expression.sub(2, expression.size() - 1);
      return showsTableOid(inside.sub(0, Math.max(inside.find(0, "as"), 0)));
    }
    boolean nested = expression.hasSymbol(0, "(");
    int head = nested ? expression.behindBrackets(0) : expression.nameLength(0);
    boolean castOnly = head == expression.size() || expression.hasSymbol(head, "::");
    return nested
        ? castOnly && showsTableOid(expression.sub(1, head - 1))
        : castOnly && head > 0 && isTableOid(expression.sub(0, head));
  }
}
