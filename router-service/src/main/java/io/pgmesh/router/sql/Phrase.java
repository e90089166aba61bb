package io.pgmesh.router.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * A stretch of a statement's tokens, immutable. "Outside" below means outside all parentheses,
 * brackets and CASE … END within the phrase.
 *
 * @param sql the whole statement's text, which the tokens' offsets refer to
 * @param tokens the whole statement's tokens
 * @param from index in {@code tokens} of the first token
 * @param to index behind the last
 */
public record Phrase(String sql, List<Token> tokens, int from, int to) {
  public Phrase {
    tokens = Tokens.of(tokens);
  }

  /** All of a statement. */
  public static Phrase of(String sql, List<Token> tokens) {
    return new Phrase(sql, tokens, 0, tokens.size());
  }

  public int size() {
    return to - from;
  }

  public boolean isEmpty() {
    return from >= to;
  }

  public Token at(int index) {
    return tokens.get(from + index);
  }

  public Token first() {
    return at(0);
  }

  public Token last() {
    return at(size() - 1);
  }

  /** Offset in the text of the first token; where the phrase would be when it is empty. */
  public int start() {
    if (!isEmpty()) {
      return first().start();
    }
    return from > 0 ? tokens.get(from - 1).end() : 0;
  }

  /** Offset in the text behind the last token. */
  public int end() {
    return isEmpty() ? start() : last().end();
  }

  /** Index of the token that begins at an offset of the text; negative if none does. */
  int indexAt(int offset) {
    int low = 0;
    int high = size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int start = at(middle).start();
      if (start == offset) {
        return middle;
      }
      if (start < offset) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  /** The text from the first token to the last, as the client wrote it. */
  public String text() {
    return sql.substring(start(), end());
  }

  public Phrase sub(int begin, int end) {
    return new Phrase(sql, tokens, from + begin, from + end);
  }

  /** The tokens of this stretch alone. */
  public List<Token> words() {
    return tokens.subList(from, to);
  }

  public Phrase skip(int count) {
    return sub(Math.min(count, size()), size());
  }

  /** Whether the words stand here, unquoted, from an index on. */
  public boolean has(int index, String... words) {
    if (index < 0 || index + words.length > size()) {
      return false;
    }
    for (int i = 0; i < words.length; i++) {
      if (!at(index + i).is(words[i])) {
        return false;
      }
    }
    return true;
  }

  public boolean starts(String... words) {
    return has(0, words);
  }

  public boolean hasSymbol(int index, String symbol) {
    return index >= 0 && index < size() && at(index).isSymbol(symbol);
  }

  /** Index of the first place outside where the words stand, at or behind an index; -1 if none. */
  public int find(int start, String... words) {
    for (int i = start; i < size(); i = behind(i)) {
      if (has(i, words)) {
        return i;
      }
    }
    return -1;
  }

  public boolean contains(String word) {
    for (int i = 0; i < size(); i++) {
      if (at(i).is(word)) {
        return true;
      }
    }
    return false;
  }

  /** Index behind the bracket that closes the one at an index; the phrase's end if none does. */
  public int behindBrackets(int open) {
    int at = open;
    while (at < size() && !isBracket(at)) {
      at++;
    }
    return at < size() && partner(at) > at ? Math.min(partner(at) + 1, size()) : size();
  }

  /** The parts between the outside places of a symbol; one empty part when the phrase is empty. */
  public List<Phrase> split(String symbol) {
    List<Phrase> parts = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i < size(); i = behind(i)) {
      if (at(i).isSymbol(symbol)) {
        parts.add(sub(begin, i));
        begin = i + 1;
      }
    }
    parts.add(sub(begin, size()));
    return parts;
  }

  /** How many tokens from an index on are a name: {@code a}, {@code a.b}, {@code a.b.c}; or 0. */
  public int nameLength(int index) {
    if (index >= size() || !at(index).isIdentifier()) {
      return 0;
    }
    int length = 1;
    while (hasSymbol(index + length, ".")
        && index + length + 1 < size()
        && at(index + length + 1).isIdentifier()) {
      length += 2;
    }
    return length;
  }

  /** Values of the identifiers of a name. */
  public List<String> identifiers() {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < size(); i += 2) {
      parts.add(at(i).value());
    }
    return parts;
  }

  /** Whether a word stands before the phrase. */
  public boolean follows(String word) {
    return from > 0 && tokens.get(from - 1).is(word);
  }

  /** Every name that stands somewhere in the phrase. */
  public List<Phrase> names() {
    List<Phrase> names = new ArrayList<>();
    int i = 0;
    while (i < size()) {
      int length = nameLength(i);
      if (length > 0 && !(i > 0 && hasSymbol(i - 1, "."))) {
        names.add(sub(i, i + length));
      }
      i += Math.max(length, 1);
    }
    return names;
  }

  /**
   * The next index outside of what opens at one: behind the bracket or END that closes it; the end
   * of the phrase where the token itself closes something that begins before.
   */
  private int behind(int index) {
    int partner = partner(index);
    return partner < index ? size() : Math.min(partner + 1, size());
  }

  /** See {@link Tokens#partner}; negative also for one before the phrase. */
  int partner(int index) {
    return ((Tokens) tokens).partner(from + index) - from;
  }

  /** How deep queries stand in one another in the whole statement. */
  int queryDepth() {
    return ((Tokens) tokens).queryDepth();
  }

  private boolean isBracket(int index) {
    return ((Tokens) tokens).isBracket(from + index);
  }
}
