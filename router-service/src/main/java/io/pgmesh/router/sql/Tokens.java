package io.pgmesh.router.sql;

import java.util.AbstractList;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.RandomAccess;
import java.util.Set;

/**
 * The tokens of a text, immutable, and which of them enclose others: parentheses, brackets and CASE
 * … END. That is found once, so that a reader goes behind what is enclosed in one step and a text
 * of nested parentheses takes no longer than another of its length.
 */
final class Tokens extends AbstractList<Token> implements RandomAccess {
  static final Set<String> QUERY_WORDS = Set.of("select", "with", "values", "table");

  private final Token[] tokens;
  private final int[] partners;
  private final int queryDepth;

  private Tokens(Token[] tokens) {
    var pairing = new Pairing(tokens);
    this.tokens = tokens;
    this.partners = pairing.partners;
    this.queryDepth = pairing.mostQueries;
  }

  static Tokens of(List<Token> tokens) {
    return tokens instanceof Tokens same ? same : new Tokens(tokens.toArray(Token[]::new));
  }

  @Override
  public Token get(int index) {
    return tokens[index];
  }

  @Override
  public int size() {
    return tokens.length;
  }

  /**
   * Of an opening token the index of the one that closes it, or the number of tokens if none does;
   * of a closing one that of the opening, or -1; of any other its own.
   */
  int partner(int index) {
    return partners[index];
  }

  /** How many queries stand in one another, each in parentheses. */
  int queryDepth() {
    return queryDepth;
  }

  boolean isBracket(int index) {
    return opensBracket(tokens[index]) || closesBracket(tokens[index]);
  }

  private static boolean opensBracket(Token token) {
    return token.kind() == Token.Kind.PUNCTUATION
        && (token.value().equals("(") || token.value().equals("["));
  }

  private static boolean closesBracket(Token token) {
    return token.kind() == Token.Kind.PUNCTUATION
        && (token.value().equals(")") || token.value().equals("]"));
  }

  /** Finds who closes what. */
  private static final class Pairing {
    private final Token[] tokens;
    private final int[] partners;
    private final Deque<Integer> open = new ArrayDeque<>();
    private final BitSet queries = new BitSet(); // parentheses around one
    private int openBrackets;
    private int openQueries;
    private int mostQueries;

    Pairing(Token[] tokens) {
      this.tokens = tokens;
      this.partners = new int[tokens.length];
      for (int i = 0; i < tokens.length; i++) {
        partners[i] = partner(i);
      }
    }

    private int partner(int i) {
      Token token = tokens[i];
      boolean bracket = opensBracket(token);
      if (bracket || isWord(i, "case")) {
        open.push(i);
        openBrackets += bracket ? 1 : 0;
        return tokens.length;
      }
      if (closesBracket(token)) {
        return bracketClosed(i);
      }
      if (token.kind() == Token.Kind.WORD && QUERY_WORDS.contains(token.value())) {
        query(i);
      }
      return isWord(i, "end") ? caseClosed(i) : i;
    }

    /** Of all the parentheses right before a query each makes another one. */
    private void query(int i) {
      for (int at = i - 1; at >= 0 && tokens[at].isSymbol("(") && !queries.get(at); at--) {
        queries.set(at);
        openQueries++;
      }
      mostQueries = Math.max(mostQueries, openQueries);
    }

    /** What stands open inside of a bracket ends with it. */
    private int bracketClosed(int i) {
      if (openBrackets == 0) {
        return -1;
      }
      while (!opensBracket(tokens[open.peek()])) {
        open.pop();
      }
      openBrackets--;
      return closed(i);
    }

    private int caseClosed(int i) {
      boolean pair = !open.isEmpty() && !opensBracket(tokens[open.peek()]);
      return pair ? closed(i) : -1;
    }

    private int closed(int i) {
      int opening = open.pop();
      partners[opening] = i;
      openQueries -= queries.get(opening) ? 1 : 0;
      return opening;
    }

    /** Whether the key word stands here, and not as a label or part of a name. */
    private boolean isWord(int i, String word) {
      return tokens[i].is(word)
          && (i == 0 || !tokens[i - 1].isSymbol(".") && !tokens[i - 1].is("as"));
    }
  }
}
