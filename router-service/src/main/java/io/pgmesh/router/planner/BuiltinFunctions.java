package io.pgmesh.router.planner;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Functions that PostgreSQL itself has, by name. {@code functions.txt} was read from {@code
 * pg_proc}; a name with several functions has the kind that takes most care.
 */
final class BuiltinFunctions {

  /** What a function's calls may do. */
  enum Kind {
    SCALAR,
    /** Gives several rows. */
    SET,
    AGGREGATE,
    WINDOW,
    VOLATILE,
    /** No function of PostgreSQL's own has the name. */
    UNKNOWN
  }

  /** Words before parentheses that are no functions, and functions that the grammar knows. */
  private static final Set<String> SYNTAX =
      Set.of(
          "bernoulli",
          "between",
          "bit",
          "by",
          "char",
          "character",
          "coalesce",
          "cube",
          "dec",
          "decimal",
          "escape",
          "exists",
          "extract",
          "filter",
          "float",
          "greatest",
          "ilike",
          "interval",
          "is",
          "json_array",
          "json_object",
          "json_scalar",
          "json_value",
          "json_query",
          "json_exists",
          "least",
          "like",
          "national",
          "nchar",
          "normalize",
          "nullif",
          "numeric",
          "operator",
          "over",
          "overlay",
          "position",
          "precision",
          "range",
          "repeatable",
          "rollup",
          "row",
          "rows",
          "sets",
          "similar",
          "substring",
          "system",
          "time",
          "timestamp",
          "treat",
          "trim",
          "values",
          "varchar",
          "varying",
          "within",
          "xmlconcat",
          "xmlelement",
          "xmlforest",
          "materialized",
          "join",
          "natural",
          "timestamptz",
          "timetz",
          "bpchar",
          "varbit",
          "zone");

  private static final Map<String, Kind> KINDS = load();

  private BuiltinFunctions() {}

  static Kind kind(String name) {
    return KINDS.getOrDefault(name, SYNTAX.contains(name) ? Kind.SCALAR : Kind.UNKNOWN);
  }

  static boolean isBuiltin(String name) {
    return kind(name) != Kind.UNKNOWN;
  }

  private static Map<String, Kind> load() {
    Map<String, Kind> kinds = new HashMap<>();
    try (InputStream in = BuiltinFunctions.class.getResourceAsStream("functions.txt")) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.split(" "))
          .forEach(line -> kinds.put(line[0], Kind.valueOf(line[1].toUpperCase(Locale.ROOT))));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return Map.copyOf(kinds);
  }
}
