package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.plan.RowLocks;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Query;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A condition that every row meets. postgres_fdw leaves NOWAIT and SKIP LOCKED out of what it asks
 * for, but it passes conditions on: this one tells the mesh what to do about rows that others have
 * locked. No row has such a place, and IS DISTINCT FROM leaves an outer join what it is.
 */
final class WaitMark {
  /** As postgres_fdw writes it. Within a constant the quotes would be doubled. */
  private static final Pattern REMOTE =
      Pattern.compile("ctid (?:IS DISTINCT FROM|<>) '\\(4294967295,([123])\\)'::tid");

  private WaitMark() {}

  /** The condition in a client's query, where the table stands in its FROM. */
  static String on(Query.Table table, RowLocks locks) {
    String name = table.aliased() ? Identifiers.quote(table.alias()) : table.name().text();
    return "%s.ctid IS DISTINCT FROM '(4294967295,%d)'::pg_catalog.tid"
        .formatted(name, number(locks));
  }

  private static int number(RowLocks locks) {
    return switch (locks) {
      case SKIP_LOCKED -> 1;
      case NOWAIT -> 2;
      case WAIT -> 3; // whatever the statement says
      case NONE -> throw new IllegalArgumentException("no lock");
    };
  }

  /** What a scan of postgres_fdw's is marked with; NONE for a scan without a mark. */
  static RowLocks of(Phrase scan) {
    RowLocks locks = RowLocks.NONE;
    Matcher marks = REMOTE.matcher(scan.text());
    while (marks.find()) {
      locks = locks.and(locks(marks.group(1)));
    }
    return locks;
  }

  private static RowLocks locks(String number) {
    return switch (number) {
      case "1" -> RowLocks.SKIP_LOCKED;
      case "2" -> RowLocks.NOWAIT;
      default -> RowLocks.WAIT;
    };
  }

  /** Whether the word at an index belongs to a mark, as in the definition of a view. */
  static boolean isAt(Phrase text, int index) {
    return text.has(index, "ctid")
        && text.has(index + 1, "is", "distinct", "from")
        && index + 4 < text.size()
        && text.sql().startsWith("'(4294967295,", text.at(index + 4).start());
  }
}
