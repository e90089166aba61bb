package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.router.planner.QueryAnalysis.Use;
import io.pgmesh.router.sql.OutputNames;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Query;
import io.pgmesh.router.sql.SqlWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Puts the oids of distributed tables in place of {@code tableoid}, which is NULL for the rows that
 * an outer join makes up.
 */
final class TableOids {
  private static final String NAME = "tableoid";

  private final QueryAnalysis analysis;
  private final Form form;
  private final SqlWriter.Replacing text;

  /** How the oid is found. */
  enum Form {
    /** As it is now: of a table that stays, or a statement that does not. */
    KNOWN,
    /** When the query runs: names may mean other tables then. */
    LOOKED_UP
  }

  TableOids(QueryAnalysis analysis, Form form, SqlWriter.Replacing text) {
    this.analysis = analysis;
    this.form = form;
    this.text = text;
  }

  void replaceIn(Query query) {
    Set<Integer> labels = labels(query);
    for (Phrase name : query.text().names()) {
      if (isTableOid(name) && !labels.contains(name.from())) {
        owner(name).ifPresent(use -> text.replace(name, value(name, use)));
      }
    }
    for (Query.Block block : analysis.blocks()) {
      block.items().forEach(this::keepLabel);
    }
  }

  private String value(Phrase name, Use use) {
    // of a sampled table, which ShellText joins, by its alias only
    boolean joined = name.size() == 1 && !use.source().sample().isEmpty();
    String qualifier = joined ? Identifiers.quote(use.source().alias()) + "." : "";
    String column = qualifier + name.text();
    return switch (form) {
      case KNOWN ->
          "(CASE WHEN %s IS NOT NULL THEN %d::pg_catalog.oid END)"
              .formatted(column, use.table().oid());
      case LOOKED_UP -> "pgmesh.tableoid(" + column + ")"; // which an output is named after
    };
  }

  /** Where the name is an output's: as its label, or in ORDER BY, which prefers outputs. */
  private Set<Integer> labels(Query query) {
    Set<Integer> labels = new HashSet<>();
    boolean shown = false;
    for (Query.Block block : analysis.blocks()) {
      for (Query.Item item : block.items()) {
        if (item.labelled()) {
          int behind = item.expression().to();
          labels.add(behind);
          labels.add(behind + 1); // where AS stands before it
        }
        shown |=
            block.equals(query.body())
                && (item.labelled() ? item.label().equals(NAME) : shows(item));
      }
    }
    if (shown) {
      query.tail().orderBy().stream()
          .filter(part -> part.nameLength(0) == 1)
          .forEach(part -> labels.add(part.from()));
    }
    return labels;
  }

  private static boolean isTableOid(Phrase name) {
    return name.last().value().equals(NAME);
  }

  private Optional<Use> owner(Phrase name) {
    Optional<Frame> frame = analysis.frameOf(name);
    while (frame.isPresent()) {
      Optional<Frame> here = frame;
      List<Use> known =
          analysis.uses().stream().filter(use -> mayOwn(here.get(), use, name)).toList();
      if (known.size() == 1) {
        return Optional.of(known.getFirst()).filter(Use::distributed);
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

  private void keepLabel(Query.Item item) {
    if (form == Form.KNOWN && !item.labelled() && shows(item)) {
      text.insert(item.expression().end(), " AS " + NAME);
    }
  }

  private static boolean shows(Query.Item item) {
    return !item.isStar()
        && OutputNames.namesake(item.expression())
            .filter(shown -> shown.nameLength(0) == shown.size() && isTableOid(shown))
            .isPresent();
  }
}
