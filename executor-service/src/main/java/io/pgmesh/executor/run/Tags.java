package io.pgmesh.executor.run;

import java.util.List;

/** Command tags. */
final class Tags {
  private Tags() {}

  /** The number that a tag ends with, 0 when there is none. */
  static long count(String tag) {
    int space = tag.lastIndexOf(' ');
    if (space < 0 || space == tag.length() - 1 || !Character.isDigit(tag.charAt(space + 1))) {
      return 0;
    }
    return Long.parseLong(tag.substring(space + 1));
  }

  /** The first tag with the numbers of all added up. */
  static String sum(List<String> tags) {
    if (tags.isEmpty()) {
      return "";
    }
    String first = tags.getFirst();
    int space = first.lastIndexOf(' ');
    if (space < 0 || !Character.isDigit(first.charAt(first.length() - 1))) {
      return first;
    }
    return withCount(first, tags.stream().mapToLong(Tags::count).sum());
  }

  /** The same tag with another number. */
  static String withCount(String tag, long count) {
    return tag.substring(0, tag.lastIndexOf(' ') + 1) + count;
  }
}
