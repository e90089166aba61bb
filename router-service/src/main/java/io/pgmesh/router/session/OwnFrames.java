package io.pgmesh.router.session;

import io.pgmesh.contracts.error.ErrorFields;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Takes the mesh's own functions out of the context of errors and notices: to clients they are
 * built in, and what is built in has no lines. Frames of users' functions stay.
 */
final class OwnFrames {
  private static final String FILE = "api-functions.txt";
  private static final Set<String> API = load();

  /** Schemas where everything is the mesh's own. */
  private static final Pattern PRIVATE = Pattern.compile("pgmesh(_remote)?\\..*", Pattern.DOTALL);

  private static final Pattern CATALOG_SCHEMA = Pattern.compile("^(pg_catalog|citus)\\.");

  /** Begins a frame; other lines go on with the text of a statement. */
  private static final Pattern FRAME =
      Pattern.compile(
          "(PL/pgSQL |SQL statement \"|SQL expression \"|SQL function \"|remote SQL command: |COPY "
              + "|JSON data, |while |extended query |portal |unnamed portal ).*");

  private static final Pattern FUNCTION =
      Pattern.compile(
          "(?:PL/pgSQL function |SQL function \")([^( ]+?)(?:\\(| |\").*", Pattern.DOTALL);

  private OwnFrames() {}

  static ErrorFields without(ErrorFields fields) {
    String where = fields.get(ErrorFields.WHERE);
    if (where == null) {
      return fields;
    }
    List<String> frames = frames(where);
    List<String> kept = kept(frames);
    if (kept.size() == frames.size()) {
      return fields;
    }
    ErrorFields stripped =
        fields.with(ErrorFields.WHERE, kept.isEmpty() ? null : String.join("\n", kept));
    return kept.isEmpty() || !kept.getFirst().equals(frames.getFirst())
        ? stripped.with(ErrorFields.INTERNAL_QUERY, null).with(ErrorFields.INTERNAL_POSITION, null)
        : stripped;
  }

  private static List<String> frames(String where) {
    List<String> frames = new ArrayList<>();
    for (String line : where.split("\n", -1)) {
      if (frames.isEmpty() || FRAME.matcher(line).matches()) {
        frames.add(line);
      } else {
        frames.add(frames.removeLast() + "\n" + line);
      }
    }
    return frames;
  }

  /** The innermost comes first; a statement stands before the function that runs it. */
  private static List<String> kept(List<String> frames) {
    List<String> kept = new ArrayList<>();
    List<String> statements = new ArrayList<>();
    for (String frame : frames) {
      Matcher function = FUNCTION.matcher(frame);
      statements.add(frame);
      if (function.matches()) {
        if (!own(function.group(1))) {
          kept.addAll(statements);
        }
        statements.clear();
      }
    }
    kept.addAll(statements);
    return kept;
  }

  private static boolean own(String name) {
    return PRIVATE.matcher(name).matches()
        || API.contains(CATALOG_SCHEMA.matcher(name).replaceFirst(""));
  }

  private static Set<String> load() {
    try (InputStream in = OwnFrames.class.getResourceAsStream(FILE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .collect(Collectors.toUnmodifiableSet());
    } catch (IOException e) {
      throw new IllegalStateException("the names of functions cannot be read", e);
    }
  }
}
