package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Column;
import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Query;
import io.pgmesh.router.sql.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The output columns of a block, and what names and numbers in its other clauses mean. */
final class SelectList {
  private final Query.Block block;
  private final Frame frame;

  SelectList(Query.Block block, Frame frame) {
    this.block = block;
    this.frame = frame;
  }

  /**
   * An output column.
   *
   * @param phrase empty for a column that {@code *} stands for
   */
  record Output(Template expression, String label, Optional<Phrase> phrase) {}

  /** All output columns, stars expanded. */
  List<Output> outputs() {
    List<Output> outputs = new ArrayList<>();
    for (Query.Item item : block.items()) {
      if (item.isStar()) {
        expand(item.expression(), outputs);
      } else {
        outputs.add(
            new Output(
                new Template().copy(item.expression()),
                item.label(),
                Optional.of(item.expression())));
      }
    }
    return outputs;
  }

  private void expand(Phrase star, List<Output> outputs) {
    if (frame.mergesColumns() && star.size() == 1 || star.size() > 3) {
      throw new NotPushable("* with merged columns has to be sorted");
    }
    String only = star.size() == 3 ? star.first().value() : "";
    for (Frame.Named source : frame.sources()) {
      if (!only.isEmpty() && !source.alias().equals(only)) {
        continue;
      }
      if (source.table().isEmpty()) {
        throw new NotPushable("* of something else than a table has to be sorted");
      }
      for (Column column : source.table().get().columns()) {
        outputs.add(
            new Output(
                new Template().add(Identifiers.qualified(source.alias(), column.name())),
                column.name(),
                Optional.empty()));
      }
    }
  }

  /** Index of the output column that a part of ORDER BY or DISTINCT ON names, if it names one. */
  OptionalInt named(Phrase expression, List<Output> outputs) {
    if (expression.size() != 1) {
      return OptionalInt.empty();
    }
    Token token = expression.first();
    if (token.kind() == Token.Kind.INTEGER) {
      return OptionalInt.of(Integer.parseInt(token.value()) - 1);
    }
    if (!token.isIdentifier()) {
      return OptionalInt.empty();
    }
    for (int i = 0; i < outputs.size(); i++) {
      if (outputs.get(i).label().equals(token.value())) {
        return OptionalInt.of(i);
      }
    }
    boolean maybe =
        outputs.stream()
            .filter(output -> output.label().isEmpty())
            .flatMap(output -> output.phrase().stream())
            .anyMatch(phrase -> mentions(phrase, token.value()));
    if (maybe) {
      throw new NotPushable("it is not certain what \"" + token.value() + "\" names");
    }
    return OptionalInt.empty();
  }

  private static boolean mentions(Phrase phrase, String name) {
    for (int i = 0; i < phrase.size(); i++) {
      if (phrase.at(i).isIdentifier() && phrase.at(i).value().equals(name)) {
        return true;
      }
    }
    return false;
  }

  /** The expressions of GROUP BY, names and numbers of output columns replaced. */
  List<Phrase> groups() {
    List<Phrase> groups = new ArrayList<>();
    for (Phrase part : block.groupBy()) {
      if (part.starts("grouping")
          || part.starts("rollup")
          || part.starts("cube")
          || part.starts("distinct")
          || part.starts("all")
          || part.hasSymbol(0, "(")) {
        throw new NotPushable("it has grouping sets");
      }
      groups.add(group(part));
    }
    return groups;
  }

  private Phrase group(Phrase part) {
    if (part.size() != 1) {
      return part;
    }
    Token token = part.first();
    if (token.kind() == Token.Kind.INTEGER) {
      int index = Integer.parseInt(token.value()) - 1;
      boolean plain = block.items().stream().noneMatch(Query.Item::isStar);
      if (!plain || index < 0 || index >= block.items().size()) {
        throw new NotPushable("it groups by a column of *");
      }
      return block.items().get(index).expression();
    }
    if (frame.hasColumn(token.value())) {
      return part;
    }
    return block.items().stream()
        .filter(item -> item.label().equals(token.value()))
        .findFirst()
        .map(Query.Item::expression)
        .orElseThrow(() -> new NotPushable("it groups by a name that is not a column's"));
  }
}
