package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Column.Fill;
import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.CopyFormat;
import io.pgmesh.router.sql.CopyStatement;
import io.pgmesh.router.sql.CopyStatement.Option;
import io.pgmesh.router.sql.Phrase;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Options of a COPY into a distributed table.
 *
 * @param text for the shards' COPY, in parentheses
 */
record CopyOptions(CopyFormat format, String text, boolean freezes) {

  /** To PostgreSQL, up to version 18. */
  private static final Set<String> KNOWN =
      Set.of(
          "format",
          "freeze",
          "delimiter",
          "null",
          "default",
          "header",
          "quote",
          "escape",
          "force_quote",
          "force_not_null",
          "force_null",
          "on_error",
          "reject_limit",
          "encoding",
          "log_verbosity");

  static CopyOptions of(CopyStatement copy, Distributed table, List<String> columns) {
    CopyFormat defaults = defaults(copy);
    List<String> passed = new ArrayList<>();
    passed.add("FORMAT " + defaults.kind().name().toLowerCase(Locale.ROOT));
    for (Option option : copy.options()) {
      checkKnown(option, copy);
      pass(option, table, columns).ifPresent(passed::add);
    }
    char quote = character(copy, "quote", defaults.quote());
    CopyFormat format =
        new CopyFormat(
            defaults.kind(),
            character(copy, "delimiter", defaults.delimiter()),
            option(copy, "null").map(Option::text).orElse(defaults.nullText()),
            header(copy),
            quote,
            character(copy, "escape", quote));
    if (format.header()) {
      passed.add("HEADER true");
    }
    boolean freezes = isOn(copy, "freeze");
    if (freezes) {
      passed.add("FREEZE true");
    }
    return new CopyOptions(format, "(" + String.join(", ", passed) + ")", freezes);
  }

  private static CopyFormat defaults(CopyStatement copy) {
    String name = option(copy, "format").map(Option::text).orElse("text");
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "text" -> CopyFormat.TEXT_DEFAULT;
      case "csv" -> CopyFormat.CSV_DEFAULT;
      case "binary" -> CopyFormat.BINARY_DEFAULT;
      default ->
          throw new SqlError(
              SqlState.INVALID_PARAMETER_VALUE, "COPY format \"" + name + "\" not recognized");
    };
  }

  private static boolean header(CopyStatement copy) {
    Optional<Option> header = option(copy, "header");
    if (header.isPresent() && header.get().text().equalsIgnoreCase("match")) {
      throw Unsupported.because(
          "HEADER MATCH in COPY into a distributed table", "Use HEADER and a column list.");
    }
    return isOn(copy, "header");
  }

  /** Whether a copy out begins with a line of names. */
  static boolean namesComeFirst(CopyStatement copy) {
    return isOn(copy, "header");
  }

  private static boolean isOn(CopyStatement copy, String name) {
    return option(copy, name).filter(Option::isOn).isPresent();
  }

  private static char character(CopyStatement copy, String name, char byDefault) {
    Optional<String> value = option(copy, name).map(Option::text);
    if (value.isPresent() && value.get().length() != 1) {
      throw new SqlError(
          SqlState.FEATURE_NOT_SUPPORTED,
          "COPY %s must be a single one-byte character".formatted(name));
    }
    return value.map(text -> text.charAt(0)).orElse(byDefault);
  }

  private static Optional<Option> option(CopyStatement copy, String name) {
    return copy.options().stream().filter(option -> option.name().equals(name)).findFirst();
  }

  private static void checkKnown(Option option, CopyStatement copy) {
    if (KNOWN.contains(option.name())) {
      return;
    }
    Phrase text = copy.optionsText();
    ErrorFields error =
        ErrorFields.error(SqlState.SYNTAX_ERROR, "option \"" + option.name() + "\" not recognized");
    for (int i = 1; i < text.size(); i++) {
      boolean begins = text.hasSymbol(i - 1, "(") || text.hasSymbol(i - 1, ",");
      if (begins && text.at(i).value().equals(option.name())) {
        int position = text.sql().codePointCount(0, text.sub(i, i + 1).start()) + 1;
        throw new SqlError(error.with(ErrorFields.POSITION, Integer.toString(position)));
      }
    }
    throw new SqlError(error);
  }

  /** An option as the shards' COPY gets it. */
  private static Optional<String> pass(Option option, Distributed table, List<String> columns) {
    return switch (option.name()) {
      case "format", "header", "freeze", "log_verbosity" -> Optional.empty();
      case "delimiter", "null", "quote", "escape" ->
          Optional.of(option.name().toUpperCase(Locale.ROOT) + " " + literal(option.text()));
      case "force_null", "force_not_null" -> Optional.of(forced(option, table));
      case "encoding" -> {
        if (!option.text().replace("-", "").equalsIgnoreCase("utf8")) {
          throw Unsupported.feature("an encoding other than UTF8 in COPY into a distributed table");
        }
        yield Optional.of("ENCODING 'UTF8'");
      }
      case "default" -> {
        checkDefaultMarker(table, columns);
        yield Optional.of("DEFAULT " + literal(option.text()));
      }
      case "on_error" -> {
        if (!option.text().equalsIgnoreCase("stop")) {
          throw Unsupported.feature("ON_ERROR in COPY into a distributed table");
        }
        yield Optional.empty();
      }
      default ->
          throw Unsupported.feature(
              "option \"" + option.name() + "\" of COPY into a distributed table");
    };
  }

  private static String forced(Option option, Distributed table) {
    List<String> names = option.columns();
    if (names.contains("*") || names.contains(table.distributionColumn())) {
      throw Unsupported.feature(
          option.name().toUpperCase(Locale.ROOT) + " for the distribution column");
    }
    return option.name().toUpperCase(Locale.ROOT) + " (" + Identifiers.list(names) + ")";
  }

  private static void checkDefaultMarker(Distributed table, List<String> columns) {
    boolean evaluatedElsewhere =
        table.columns().stream()
            .anyMatch(
                column ->
                    columns.contains(column.name())
                        && (column.fill() == Fill.COORDINATOR
                            || column.equals(table.key()) && !column.defaultSql().isEmpty()));
    if (evaluatedElsewhere) {
      throw Unsupported.feature(
          "option DEFAULT in COPY into a distributed table whose columns take values from sequences");
    }
  }

  private static String literal(String text) {
    return Identifiers.literal(text);
  }
}
