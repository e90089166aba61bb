package io.pgmesh.router.sql;

import java.util.Map;
import java.util.Set;

/**
 * Key words that matter to reading.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-keywords-appendix.html">SQL Key
 *     Words</a>
 */
public final class Keywords {
  /** Never a name of a table or column unless quoted. */
  private static final Set<String> RESERVED =
      Set.of(
          "all",
          "analyse",
          "analyze",
          "and",
          "any",
          "array",
          "as",
          "asc",
          "asymmetric",
          "both",
          "case",
          "cast",
          "check",
          "collate",
          "column",
          "constraint",
          "create",
          "current_catalog",
          "current_date",
          "current_role",
          "current_time",
          "current_timestamp",
          "current_user",
          "default",
          "deferrable",
          "desc",
          "distinct",
          "do",
          "else",
          "end",
          "except",
          "false",
          "fetch",
          "for",
          "foreign",
          "from",
          "grant",
          "group",
          "having",
          "in",
          "initially",
          "intersect",
          "into",
          "lateral",
          "leading",
          "limit",
          "localtime",
          "localtimestamp",
          "not",
          "null",
          "offset",
          "on",
          "only",
          "or",
          "order",
          "placing",
          "primary",
          "references",
          "returning",
          "select",
          "session_user",
          "some",
          "symmetric",
          "system_user",
          "table",
          "then",
          "to",
          "trailing",
          "true",
          "union",
          "unique",
          "user",
          "using",
          "variadic",
          "when",
          "where",
          "window",
          "with");

  /** May not be a column's label without AS. */
  private static final Set<String> NEED_AS =
      Set.of(
          "array",
          "as",
          "char",
          "character",
          "create",
          "day",
          "except",
          "fetch",
          "filter",
          "for",
          "from",
          "grant",
          "group",
          "having",
          "hour",
          "intersect",
          "into",
          "isnull",
          "limit",
          "minute",
          "month",
          "notnull",
          "offset",
          "on",
          "order",
          "over",
          "overlaps",
          "precision",
          "returning",
          "second",
          "to",
          "union",
          "varying",
          "where",
          "window",
          "with",
          "within",
          "without",
          "year");

  /**
   * Functions of the time that SQL writes without parentheses, with their types. Labels they may be
   * in spite of being reserved: another value may stand for them.
   */
  public static final Map<String, String> TIMES =
      Map.of(
          "current_timestamp", "timestamptz",
          "localtimestamp", "timestamp",
          "current_date", "date",
          "current_time", "timetz",
          "localtime", "time");

  private Keywords() {}

  /** Whether the token is a reserved key word. */
  public static boolean isReserved(Token token) {
    return token.kind() == Token.Kind.WORD && RESERVED.contains(token.value());
  }

  /** Whether the token can be a label without AS in a select list. */
  public static boolean canBeBareLabel(Token token) {
    return token.kind() == Token.Kind.QUOTED_IDENTIFIER
        || token.kind() == Token.Kind.WORD
            && !NEED_AS.contains(token.value())
            && (!isReserved(token) || TIMES.containsKey(token.value()));
  }
}
