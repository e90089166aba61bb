package io.pgmesh.router.sql;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How statements that begin, end and mark transactions are written. */
final class TransactionGrammar {
  private static final String MODE =
      "(isolation level (serializable|repeatable read|read committed|read uncommitted)"
          + "|read only|read write|(not )?deferrable)";
  private static final String NAME = "[^ ]+";
  private static final Pattern FORM =
      Pattern.compile(
          String.join(
              "|",
              "(begin( work| transaction)?|start transaction)( %s(( ,)? %s)*)?"
                  .formatted(MODE, MODE),
              "(commit|end|rollback|abort)( work| transaction)?( and( no)? chain)?",
              "rollback( work| transaction)? to( savepoint)? " + NAME,
              "savepoint " + NAME,
              "release( savepoint)? " + NAME));

  private TransactionGrammar() {}

  static boolean allows(Phrase text) {
    String words =
        text.tokens().subList(text.from(), text.to()).stream()
            .map(token -> token.kind() == Token.Kind.QUOTED_IDENTIFIER ? "name" : token.value())
            .collect(Collectors.joining(" "));
    return FORM.matcher(words).matches();
  }
}
