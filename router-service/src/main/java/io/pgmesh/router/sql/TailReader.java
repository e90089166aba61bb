package io.pgmesh.router.sql;

import io.pgmesh.router.sql.Query.Tail;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** ORDER BY, LIMIT, OFFSET, FETCH and FOR. */
final class TailReader {
  private TailReader() {}

  static Tail read(Phrase text) {
    Layout layout = new Layout(text);
    TreeSet<Integer> starts = new TreeSet<>();
    int order = note(layout.find(0, "order", "by"), starts);
    int limit = note(layout.find(0, "limit"), starts);
    int offset = note(layout.find(0, "offset"), starts);
    int fetch = note(layout.find(0, "fetch"), starts);
    int locking = note(layout.find(0, "for"), starts);
    starts.add(text.size());
    Phrase none = text.sub(text.size(), text.size());
    List<Phrase> orderBy = new ArrayList<>();
    if (order >= 0) {
      orderBy.addAll(layout.split(order + 2, starts.higher(order)));
    }
    Phrase fetched = fetch < 0 ? none : text.sub(fetch + 2, starts.higher(fetch));
    return new Tail(
        text,
        orderBy,
        limit >= 0 || fetch >= 0,
        limit < 0 ? withoutRows(fetched) : text.sub(limit + 1, starts.higher(limit)),
        fetched.size() > 1 && fetched.has(fetched.size() - 2, "with", "ties"),
        offset < 0 ? none : withoutRows(text.sub(offset + 1, starts.higher(offset))),
        locking < 0 ? none : text.sub(locking, starts.higher(locking)));
  }

  private static int note(int start, TreeSet<Integer> starts) {
    if (start >= 0) {
      starts.add(start);
    }
    return start;
  }

  private static Phrase withoutRows(Phrase count) {
    int end = count.size();
    while (end > 0
        && (count.has(end - 1, "only")
            || count.has(end - 1, "row")
            || count.has(end - 1, "rows")
            || count.has(end - 1, "ties")
            || count.has(end - 1, "with"))) {
      end--;
    }
    return count.sub(0, end);
  }
}
