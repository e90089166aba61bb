package io.pgmesh.contracts.catalog;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * A live column.
 *
 * @param number pg_attribute.attnum
 * @param typeOid in the coordinator database; the same on workers only below 16384
 * @param type as {@code format_type} prints it, with modifiers
 * @param notNull whether the column is declared NOT NULL
 * @param fill where a value comes from when the statement gives none
 * @param defaultSql the default expression as PostgreSQL prints it, empty when there is none
 * @param composite whether its values are rows: {@code max} of them is an anonymous record
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Column(
    String name,
    int number,
    long typeOid,
    String type,
    boolean notNull,
    Fill fill,
    String defaultSql,
    boolean composite) {
  public Column(
      String name,
      int number,
      long typeOid,
      String type,
      boolean notNull,
      Fill fill,
      String defaultSql) {
    this(name, number, typeOid, type, notNull, fill, defaultSql, false);
  }

  /** How an absent value is filled in. */
  public enum Fill {
    /**
     * The worker fills it: no default, or one that gives the same value anywhere (constants,
     * immutable and stable functions).
     */
    WORKER,
    /**
     * From a sequence of the coordinator database ({@code nextval}, identity): {@code defaultSql}
     * is evaluated there once a row.
     */
    COORDINATOR,
    /** GENERATED ALWAYS AS … STORED or VIRTUAL: never inserted. */
    GENERATED
  }
}
