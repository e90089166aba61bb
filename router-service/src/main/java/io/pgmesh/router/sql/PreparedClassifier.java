package io.pgmesh.router.sql;

import io.pgmesh.contracts.plan.Plan.Effects;
import io.pgmesh.contracts.plan.Plan.Use;

/**
 * PREPARE, EXECUTE and DEALLOCATE; what has another form is a utility statement, of which
 * PostgreSQL says what is wrong with it.
 */
final class PreparedClassifier {
  private PreparedClassifier() {}

  static Statement classify(Phrase text) {
    boolean named = text.size() > 1 && text.at(1).isIdentifier();
    return switch (text.first().value()) {
      case "prepare" -> prepare(text, named);
      case "execute" -> named ? execute(text) : Classifier.utility(text, Use.BLOCK, Effects.NONE);
      default -> deallocate(text);
    };
  }

  private static Statement prepare(Phrase text, boolean named) {
    int types = 2;
    int as = text.hasSymbol(types, "(") ? text.behindBrackets(types) : types;
    return named && text.has(as, "as")
        ? new Statement.Prepare(
            text,
            text.at(1).value(),
            as == types ? text.sub(types, types) : text.sub(types + 1, as - 1),
            text.skip(as + 1))
        : Classifier.utility(text, Use.READ, Effects.SESSION);
  }

  private static Statement execute(Phrase text) {
    String name = text.at(1).value();
    if (text.size() == 2) {
      return new Statement.Execute(name, text.skip(2));
    }
    int last = text.size() - 1;
    boolean whole =
        last > 3
            && text.hasSymbol(2, "(")
            && text.hasSymbol(last, ")")
            && text.behindBrackets(2) == text.size();
    return whole
        ? new Statement.Execute(name, text.sub(3, last))
        : Classifier.utility(text, Use.BLOCK, Effects.NONE);
  }

  private static Statement deallocate(Phrase text) {
    int name = text.has(1, "prepare") && text.size() > 2 ? 2 : 1;
    boolean one = name == text.size() - 1 && text.at(name).isIdentifier() && !text.has(name, "all");
    return one
        ? new Statement.Deallocate(text.at(name).value())
        : Classifier.utility(text, Use.READ, Effects.NONE);
  }
}
