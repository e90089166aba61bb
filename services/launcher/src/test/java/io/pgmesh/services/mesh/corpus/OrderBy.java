package io.pgmesh.services.mesh.corpus;

import java.util.regex.Pattern;

/** Finds out whether a statement orders its rows. */
final class OrderBy {
  private static final Pattern HIDDEN =
      Pattern.compile(
          "--[^\n]*|'(?:[^']|'')*'|\"[^\"]*\"|\\$(\\w*)\\$.*?\\$\\1\\$", Pattern.DOTALL);
  private static final Pattern INNERMOST = Pattern.compile("[(\\[][^()\\[\\]]*[)\\]]");
  private static final Pattern ORDER = Pattern.compile("(?i)\\border\\s+by\\b");

  private OrderBy() {}

  /** Whether ORDER BY stands outside of all parentheses, quotes and comments. */
  static boolean atTopLevel(String sql) {
    String text = HIDDEN.matcher(sql).replaceAll(" ");
    String shorter = INNERMOST.matcher(text).replaceAll(" ");
    while (!shorter.equals(text)) {
      text = shorter;
      shorter = INNERMOST.matcher(text).replaceAll(" ");
    }
    return ORDER.matcher(text).find();
  }
}
