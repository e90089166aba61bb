package io.pgmesh.router.planner;

import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The outermost queries in a change or in the text of a function, and what stands beside them. Of
 * {@code PERFORM} and of a SELECT with INTO in PL/pgSQL the query has the tokens that PostgreSQL
 * gets.
 */
final class BodyQueries {
  private static final Set<String> BEFORE_STATEMENTS = Set.of("begin", "then", "else", "loop");
  private static final List<String> VERBS =
      List.of("select", "insert", "update", "delete", "merge", "values", "table");

  private final Phrase text;
  private final boolean blocks;
  private final List<Phrase> queries = new ArrayList<>();
  private final List<Token> beside = new ArrayList<>();

  private BodyQueries(Phrase text, boolean blocks) {
    this.text = text;
    this.blocks = blocks;
  }

  /**
   * @param blocks whether it is PL/pgSQL
   */
  static BodyQueries of(Phrase text, boolean blocks) {
    BodyQueries found = new BodyQueries(text, blocks);
    int at = 0;
    while (at < text.size()) {
      if (found.begins(at)) {
        int end = found.end(at);
        found.queries.add(found.query(text.sub(at, end)));
        at = end;
      } else {
        found.beside.add(text.at(at++));
      }
    }
    return found;
  }

  List<Phrase> queries() {
    return queries;
  }

  /** What stands outside of the queries, from semicolon to semicolon. */
  List<Phrase> beside() {
    return Phrase.of(text.sql(), beside).split(";").stream()
        .map(part -> Phrase.of(text.sql(), part.words()))
        .toList();
  }

  /** Whether a WITH beside the queries gives them something else by the name of such a table. */
  boolean hide(Predicate<Phrase> tables) {
    return beside().stream()
        .filter(part -> part.contains("with"))
        .anyMatch(
            part ->
                part.names().stream()
                    .filter(name -> name.size() == 1 && tables.test(name))
                    .anyMatch(name -> namesQuery(part, name.to())));
  }

  private static boolean namesQuery(Phrase part, int behind) {
    int as = part.hasSymbol(behind, "(") ? part.behindBrackets(behind) : behind;
    return part.has(as, "as");
  }

  private boolean begins(int at) {
    if (text.hasSymbol(at - 1, ".")) {
      return false;
    }
    return text.has(at, "select")
        || text.has(at, "with") && begins(at, commonTable(at))
        || blocks && text.has(at, "perform") && beginsStatement(at);
  }

  private boolean beginsStatement(int at) {
    return at == 0
        || text.hasSymbol(at - 1, ";")
        || text.hasSymbol(at - 1, ">>")
        || BEFORE_STATEMENTS.stream().anyMatch(word -> text.has(at - 1, word));
  }

  /** Where the parenthesis opens behind {@code WITH name AS}; -1 if it does not. */
  private int commonTable(int with) {
    int at = text.has(with + 1, "recursive") ? with + 2 : with + 1;
    if (text.nameLength(at) != 1) {
      return -1;
    }
    at = text.hasSymbol(at + 1, "(") ? text.behindBrackets(at + 1) : at + 1;
    if (!text.has(at, "as")) {
      return -1;
    }
    at = text.has(at + 1, "not") ? at + 2 : at + 1;
    at = text.has(at, "materialized") ? at + 1 : at;
    return text.hasSymbol(at, "(") ? at : -1;
  }

  /** Whether the statement behind WITH is a query. */
  private boolean begins(int with, int opens) {
    if (opens < 0) {
      return false;
    }
    Phrase statement = text.sub(with, end(with));
    int behind = opens - with;
    int first =
        VERBS.stream()
            .mapToInt(verb -> statement.find(behind, verb))
            .filter(found -> found >= 0)
            .min()
            .orElse(-1);
    return first >= 0 && statement.has(first, "select");
  }

  private int end(int begin) {
    int depth = 0;
    for (int i = begin; i < text.size(); i++) {
      if (text.hasSymbol(i, "(") || text.hasSymbol(i, "[")) {
        depth++;
      } else if ((text.hasSymbol(i, ")") || text.hasSymbol(i, "]")) && --depth < 0) {
        return i;
      } else if (depth == 0 && endsAt(i)) {
        return i;
      }
    }
    return text.size();
  }

  private boolean endsAt(int at) {
    boolean loop = blocks && text.has(at, "loop") && !text.hasSymbol(at - 1, ".");
    boolean conflict =
        text.has(at, "on", "conflict")
            && (text.hasSymbol(at + 2, "(") || text.has(at + 2, "do") || text.has(at + 2, "on"));
    return text.hasSymbol(at, ";") || loop || conflict || text.has(at, "returning");
  }

  private Phrase query(Phrase stretch) {
    List<Token> tokens = new ArrayList<>(stretch.words());
    int into = blocks ? stretch.find(1, "into") : -1;
    if (into > 0) {
      tokens.subList(into, behindTargets(stretch, into)).clear();
    }
    if (stretch.starts("perform")) {
      Token first = stretch.first();
      tokens.set(0, new Token(Token.Kind.WORD, first.start(), first.end(), "select"));
    }
    return Phrase.of(text.sql(), tokens);
  }

  private static int behindTargets(Phrase stretch, int into) {
    boolean strict = stretch.has(into + 1, "strict") && stretch.nameLength(into + 2) > 0;
    int at = strict ? into + 1 : into;
    do {
      at = Math.min(at + 1 + Math.max(stretch.nameLength(at + 1), 1), stretch.size());
    } while (stretch.hasSymbol(at, ","));
    return at;
  }
}
