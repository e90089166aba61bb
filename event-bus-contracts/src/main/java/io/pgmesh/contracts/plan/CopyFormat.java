package io.pgmesh.contracts.plan;

/**
 * What a COPY stream looks like, options resolved to PostgreSQL's defaults.
 *
 * @param delimiter one character; unused for binary
 * @param nullText how NULL is written; unused for binary
 * @param header whether the first line names the columns
 * @param quote csv only
 * @param escape csv only
 */
public record CopyFormat(
    Kind kind, char delimiter, String nullText, boolean header, char quote, char escape) {
  public enum Kind {
    TEXT,
    CSV,
    BINARY
  }

  public static final CopyFormat TEXT_DEFAULT =
      new CopyFormat(Kind.TEXT, '\t', "\\N", false, '"', '"');
  public static final CopyFormat CSV_DEFAULT = new CopyFormat(Kind.CSV, ',', "", false, '"', '"');
  public static final CopyFormat BINARY_DEFAULT =
      new CopyFormat(Kind.BINARY, '\t', "", false, '"', '"');
}
