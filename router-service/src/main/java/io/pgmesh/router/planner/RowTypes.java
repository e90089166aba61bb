package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.MeshTable.Reference;
import io.pgmesh.router.sql.Keywords;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Token;
import java.util.Optional;

/**
 * Rows of tables as types, in {@code null::t} or {@code a t} of a column definition. Workers know
 * no types of distributed, local and foreign tables and of views: rows of shards have types of
 * their own.
 */
final class RowTypes {
  private static final char COMPOSITE_TYPE = 'c';

  private RowTypes() {}

  /** The first name of such a type that stands where a type's does. */
  static Optional<Phrase> needed(Phrase text, PlanContext context) {
    return text.names().stream()
        .filter(name -> isType(text, name) && isTables(name, context))
        .findFirst();
  }

  /** Refuses DDL that makes a type or domain of such a type, or a column of it. */
  static void check(Phrase ddl, PlanContext context) {
    ddl.names().stream()
        .filter(name -> isDefined(ddl, name) && isTables(name, context))
        .findFirst()
        .ifPresent(
            name -> {
              throw Unsupported.because(
                  "a column, attribute or domain of the row type of " + name.text(),
                  "CREATE TYPE … AS makes a type that workers have too.");
            });
  }

  private static boolean isTables(Phrase name, PlanContext context) {
    return context
        .relation(name)
        .filter(relation -> relation.kind() != COMPOSITE_TYPE)
        .filter(
            relation ->
                !(context.catalog().table(relation.oid()).orElse(null) instanceof Reference))
        .isPresent();
  }

  /** In {@code CREATE TYPE t AS (a type)}, {@code CREATE DOMAIN d AS type}, {@code ADD a type}. */
  private static boolean isDefined(Phrase ddl, Phrase name) {
    int begin = name.from() - ddl.from();
    boolean behindName = begin > 1 && isName(ddl.at(begin - 1));
    boolean added =
        ddl.has(begin - 2, "add")
            || ddl.has(begin - 2, "column")
            || ddl.has(begin - 2, "attribute")
            || ddl.has(begin - 4, "if", "not", "exists");
    return behindName && (openingBefore(ddl, begin) > 0 || added)
        || begin > 2 && (ddl.has(begin - 1, "as") || ddl.has(begin - 1, "type"));
  }

  private static boolean isType(Phrase text, Phrase name) {
    int begin = name.from() - text.from();
    int end = begin + name.size();
    boolean literal = end < text.size() && text.at(end).kind() == Token.Kind.STRING;
    return text.hasSymbol(begin - 1, "::")
        || literal
        || text.has(begin - 1, "as") && text.has(openingBefore(text, begin) - 1, "cast")
        || isColumnDefinition(text, begin);
  }

  /** In {@code AS x (a type, b type)}: also true for some words that are none. */
  private static boolean isColumnDefinition(Phrase text, int begin) {
    int open = openingBefore(text, begin);
    boolean list =
        open > 1
            && (text.has(open - 1, "as")
                || text.at(open - 1).isIdentifier()
                    && (text.has(open - 2, "as") || text.hasSymbol(open - 2, ")")));
    return list
        && begin - 1 > open
        && isName(text.at(begin - 1))
        && (begin - 2 == open || text.hasSymbol(begin - 2, ","));
  }

  private static boolean isName(Token token) {
    return token.isIdentifier() && !Keywords.isReserved(token);
  }

  /** Index of the parenthesis around a place; -1 where there is none. */
  private static int openingBefore(Phrase text, int index) {
    int depth = 0;
    for (int i = index - 1; i >= 0; i--) {
      if (text.hasSymbol(i, ")")) {
        depth++;
      } else if (text.hasSymbol(i, "(") && depth-- == 0) {
        return i;
      }
    }
    return -1;
  }

  /** Whether the type of a value is asked for where the value may be a row of this alias. */
  static boolean mayTell(Phrase text, String alias) {
    return text.contains("pg_typeof") && standsForRow(text, alias);
  }

  /** Beside FROM, which has it once. */
  private static boolean standsForRow(Phrase text, String alias) {
    int alone = 0;
    for (int i = 0; i < text.size(); i++) {
      boolean named = text.at(i).isIdentifier() && text.at(i).value().equals(alias);
      boolean row = named && text.hasSymbol(i + 1, ".") && text.hasSymbol(i + 2, "*");
      if (named && (!text.hasSymbol(i + 1, ".") || row && !text.has(i - 1, "select"))) {
        alone++;
      }
    }
    return alone > 1;
  }
}
