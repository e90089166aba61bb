package io.pgmesh.contracts.catalog;

import java.util.List;
import java.util.stream.Collectors;

/** Names as SQL text. */
public final class Identifiers {
  private Identifiers() {}

  /** The name in double quotes: always right, whatever words a server reserves. */
  public static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  public static String qualified(String schema, String name) {
    return quote(schema) + "." + quote(name);
  }

  /** Quoted names, separated by commas. */
  public static String list(List<String> names) {
    return names.stream().map(Identifiers::quote).collect(Collectors.joining(", "));
  }

  /** The text as a string constant, under any setting of standard_conforming_strings. */
  public static String literal(String text) {
    String doubled = text.replace("'", "''");
    return text.contains("\\") ? "E'" + doubled.replace("\\", "\\\\") + "'" : "'" + doubled + "'";
  }
}
