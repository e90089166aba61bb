package io.pgmesh.router.sql;

import java.util.ArrayList;
import java.util.List;

/** Which tokens of a phrase stand outside of all parentheses, brackets and CASE … END. */
final class Layout {
  private final Phrase phrase;
  private final int[] depth;

  Layout(Phrase phrase) {
    this.phrase = phrase;
    this.depth = new int[phrase.size()];
    int now = 0;
    for (int i = 0; i < phrase.size(); i++) {
      if (closes(i)) {
        now--;
      }
      if (now < 0) {
        throw new NotUnderstood("a statement with unpaired parentheses");
      }
      depth[i] = now;
      if (opens(i)) {
        now++;
      }
    }
  }

  private boolean opens(int i) {
    return phrase.hasSymbol(i, "(") || phrase.hasSymbol(i, "[") || isWord(i, "case");
  }

  private boolean closes(int i) {
    return phrase.hasSymbol(i, ")") || phrase.hasSymbol(i, "]") || isWord(i, "end");
  }

  /** Whether the key word stands here, and not as a label or part of a name. */
  private boolean isWord(int i, String word) {
    return phrase.has(i, word) && !phrase.hasSymbol(i - 1, ".") && !phrase.has(i - 1, "as");
  }

  boolean outside(int i) {
    return depth[i] == 0;
  }

  /** Whether key words stand here outside. */
  boolean has(int i, String... words) {
    return i >= 0
        && i < depth.length
        && depth[i] == 0
        && isWord(i, words[0])
        && phrase.has(i, words);
  }

  /** The first place of the key words at or behind an index; -1 if none. */
  int find(int start, String... words) {
    for (int i = start; i < depth.length; i++) {
      if (has(i, words)) {
        return i;
      }
    }
    return -1;
  }

  /** The parts between the outside commas of a stretch. */
  List<Phrase> split(int from, int to) {
    List<Phrase> parts = new ArrayList<>();
    int begin = from;
    for (int i = from; i < to; i++) {
      if (depth[i] == 0 && phrase.hasSymbol(i, ",")) {
        parts.add(phrase.sub(begin, i));
        begin = i + 1;
      }
    }
    if (begin < to) {
      parts.add(phrase.sub(begin, to));
    }
    return parts;
  }
}
