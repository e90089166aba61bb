package io.pgmesh.router.sql;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Which tokens of a phrase stand outside of all parentheses, brackets and CASE … END. */
final class Layout {
  private final Phrase phrase;
  private final BitSet outside;

  Layout(Phrase phrase) {
    this.phrase = phrase;
    this.outside = new BitSet(phrase.size());
    int i = 0;
    while (i < phrase.size()) {
      int partner = phrase.partner(i);
      if (partner < i) {
        throw new NotUnderstood("a statement with unpaired parentheses");
      }
      outside.set(i);
      if (partner < phrase.size()) {
        outside.set(partner);
      }
      i = Math.min(partner, phrase.size()) + 1;
    }
  }

  /** Whether the key word stands here, and not as a label or part of a name. */
  private boolean isWord(int i, String word) {
    return phrase.has(i, word) && !phrase.hasSymbol(i - 1, ".") && !phrase.has(i - 1, "as");
  }

  boolean outside(int i) {
    return outside.get(i);
  }

  /** The first index outside at or behind one; the phrase's end if there is none. */
  int next(int index) {
    int next = outside.nextSetBit(index);
    return next < 0 ? phrase.size() : next;
  }

  /** Whether key words stand here outside. */
  boolean has(int i, String... words) {
    return i >= 0
        && i < phrase.size()
        && outside.get(i)
        && isWord(i, words[0])
        && phrase.has(i, words);
  }

  /** The first place of the key words at or behind an index; -1 if none. */
  int find(int start, String... words) {
    for (int i = next(start); i < phrase.size(); i = next(i + 1)) {
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
    for (int i = next(from); i < to; i = next(i + 1)) {
      if (phrase.hasSymbol(i, ",")) {
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
