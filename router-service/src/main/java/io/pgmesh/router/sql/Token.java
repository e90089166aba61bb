package io.pgmesh.router.sql;

/**
 * A token of a statement by PostgreSQL's lexical rules; comments and white space are not tokens.
 *
 * @param start offset in the text, in characters from 0
 * @param end offset behind the token
 * @param value identifiers folded (unquoted: lower case; quoted: quotes removed), strings
 *     unescaped, others as written
 */
public record Token(Kind kind, int start, int end, String value) {
  public enum Kind {
    /** Unquoted identifier or key word. */
    WORD,
    QUOTED_IDENTIFIER,
    /** {@code '…'}, {@code E'…'}, {@code $tag$…$tag$}, {@code N'…'}. */
    STRING,
    /** {@code B'…'}, {@code X'…'}. */
    BIT_STRING,
    /** {@code U&'…'} and {@code U&"…"}. */
    UNICODE,
    INTEGER,
    NUMBER,
    /** {@code $1}; value is the number. */
    PARAMETER,
    OPERATOR,
    /** One of {@code ( ) [ ] , ; . :} and {@code ::}, {@code :=}, {@code ..}. */
    PUNCTUATION
  }

  /** Whether this is an unquoted word, given in lower case. */
  public boolean is(String word) {
    return kind == Kind.WORD && value.equals(word);
  }

  /** Whether this is the punctuation or operator given. */
  public boolean isSymbol(String symbol) {
    return (kind == Kind.PUNCTUATION || kind == Kind.OPERATOR) && value.equals(symbol);
  }

  public boolean isIdentifier() {
    return kind == Kind.WORD || kind == Kind.QUOTED_IDENTIFIER;
  }
}
