package io.pgmesh.router.sql;

import java.util.List;

/**
 * A query as its clauses. Expressions stay phrases: PostgreSQL has accepted the text, so only what
 * planning must know is read. Absent phrases are empty.
 *
 * @param text all of it, without enclosing parentheses
 */
public record Query(Phrase text, List<CommonTable> with, Body body, Tail tail) {
  public Query {
    with = List.copyOf(with);
  }

  /** A part of WITH. */
  public record CommonTable(String name, Query query) {}

  /** What stands before ORDER BY. */
  public sealed interface Body {}

  /**
   * SELECT … FROM … WHERE … GROUP BY … HAVING … WINDOW ….
   *
   * @param text from SELECT to the end of the last of these clauses
   * @param distinct {@code DISTINCT} or {@code DISTINCT ON (…)}
   * @param from sources that commas separate
   * @param fromText behind FROM
   * @param window behind WINDOW
   */
  public record Block(
      Phrase text,
      Phrase distinct,
      List<Item> items,
      List<Source> from,
      Phrase fromText,
      Phrase where,
      List<Phrase> groupBy,
      Phrase having,
      Phrase window)
      implements Body {
    public Block {
      items = List.copyOf(items);
      from = List.copyOf(from);
      groupBy = List.copyOf(groupBy);
    }
  }

  /** UNION, INTERSECT, EXCEPT. */
  public record Operation(List<Body> operands) implements Body {
    public Operation {
      operands = List.copyOf(operands);
    }
  }

  /** A query in parentheses. */
  public record Nested(Query query) implements Body {}

  public record Values(Phrase rows) implements Body {}

  /**
   * What follows the body.
   *
   * @param text of all of it
   * @param limit the number of LIMIT or FETCH; {@code FETCH FIRST ROW} has an empty one
   * @param locking {@code FOR UPDATE …}, which may stand before LIMIT
   */
  public record Tail(
      Phrase text,
      List<Phrase> orderBy,
      boolean limited,
      Phrase limit,
      boolean withTies,
      Phrase offset,
      Phrase locking) {
    public Tail {
      orderBy = List.copyOf(orderBy);
    }
  }

  /**
   * A part of a select list.
   *
   * @param expression without its label
   * @param label its name as far as that is plain to see, else empty
   * @param labelled whether the name is written behind the expression
   */
  public record Item(Phrase expression, String label, boolean labelled) {
    /** Whether it is {@code *} or {@code t.*}. */
    public boolean isStar() {
      return !expression.isEmpty()
          && expression.last().isSymbol("*")
          && (expression.size() == 1 || expression.hasSymbol(expression.size() - 2, "."));
    }
  }

  /** A part of FROM. */
  public sealed interface Source {}

  /**
   * A table, view or common table by its name.
   *
   * @param alias the name by which columns call it
   * @param aliased whether the alias is written
   * @param renamed whether it gives its columns other names
   * @param sample {@code TABLESAMPLE …}
   */
  public record Table(Phrase name, String alias, boolean aliased, boolean renamed, Phrase sample)
      implements Source {}

  /** A query in FROM. */
  public record Derived(Query query, boolean lateral, String alias) implements Source {}

  /** A function, VALUES-like construct or anything else without tables of its own. */
  public record Function(Phrase text, String alias) implements Source {}

  /**
   * @param on the condition, empty with USING, NATURAL and CROSS
   * @param using names of the columns
   */
  public record Join(
      Source left, Kind kind, Source right, Phrase on, List<String> using, boolean natural)
      implements Source {
    public Join {
      using = List.copyOf(using);
    }

    /** Which side keeps rows without a partner. */
    public enum Kind {
      INNER,
      LEFT,
      RIGHT,
      FULL
    }
  }
}
