package io.pgmesh.router.planner;

import io.pgmesh.router.planner.Fact.ColumnRef;
import io.pgmesh.router.sql.Phrase;

/**
 * Expressions whose values may be rows. An aggregate of such values answers an anonymous record,
 * which is no type for a column of partial rows.
 */
final class CompositeValues {
  private CompositeValues() {}

  /** Also true for an expression that only has such values in it. */
  static boolean mayBe(Phrase expression, Frame frame) {
    return isRow(expression)
        || expression.names().stream().anyMatch(name -> isComposite(name, frame));
  }

  private static boolean isRow(Phrase expression) {
    boolean brackets =
        expression.hasSymbol(0, "(") && expression.behindBrackets(0) == expression.size();
    return expression.has(0, "row") && expression.hasSymbol(1, "(")
        || brackets && expression.sub(1, expression.size() - 1).split(",").size() > 1;
  }

  private static boolean isComposite(Phrase name, Frame frame) {
    return frame
        .resolve(name)
        .map(ColumnRef::composite)
        // or the whole row of a table
        .orElseGet(() -> name.size() == 1 && frame.isAlias(name.first().value()));
  }
}
