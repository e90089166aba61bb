package io.pgmesh.router.sql;

/**
 * The parts of an UPDATE or DELETE; phrases that are absent are empty.
 *
 * @param with {@code WITH …} before the verb
 * @param table the target's name
 * @param alias as written behind the target, without AS
 * @param targetEnd offset in the text behind the target, its {@code *} and alias
 * @param assignments the list behind SET; empty for DELETE
 * @param others the list behind FROM (UPDATE) or USING (DELETE)
 * @param where the condition
 * @param returning {@code RETURNING …}
 */
public record ModifyStatement(
    Phrase with,
    Phrase table,
    Phrase alias,
    int targetEnd,
    Phrase assignments,
    Phrase others,
    Phrase where,
    Phrase returning) {

  public static ModifyStatement of(Phrase statement) {
    int verb = Math.max(Math.max(verb(statement, "update"), verb(statement, "delete")), 0);
    boolean update = statement.has(verb, "update");
    int at = verb + (update ? 1 : 2); // DELETE FROM
    boolean parenthesized = false;
    if (statement.has(at, "only")) {
      at++;
      parenthesized = statement.hasSymbol(at, "(");
      at += parenthesized ? 1 : 0;
    }
    Phrase table = statement.sub(at, at + statement.nameLength(at));
    at += table.size() + (parenthesized ? 1 : 0);
    if (statement.hasSymbol(at, "*")) {
      at++;
    }
    Phrase alias = statement.sub(at, at);
    if (statement.has(at, "as")) {
      at++;
    }
    if (isAlias(statement, at)) {
      alias = statement.sub(at, at + 1);
      at++;
    }
    return withClauses(statement, verb, table, alias, at, update);
  }

  private static int verb(Phrase statement, String word) {
    return statement.starts(word) ? 0 : statement.find(0, word);
  }

  private static boolean isAlias(Phrase statement, int at) {
    return at < statement.size()
        && statement.at(at).isIdentifier()
        && !statement.has(at, "set")
        && !statement.has(at, "using")
        && !statement.has(at, "where")
        && !statement.has(at, "returning");
  }

  private static ModifyStatement withClauses(
      Phrase statement, int verb, Phrase table, Phrase alias, int at, boolean update) {
    int returning = orEnd(statement.find(at, "returning"), statement.size());
    int where = orEnd(statement.find(at, "where"), returning);
    int others = orEnd(update ? from(statement, at) : statement.find(at, "using"), where);
    return new ModifyStatement(
        statement.sub(0, verb),
        table,
        alias,
        at > 0 ? statement.at(at - 1).end() : 0,
        update ? statement.sub(Math.min(at + 1, others), others) : statement.sub(at, at),
        statement.sub(Math.min(others + 1, where), where),
        statement.sub(Math.min(where + 1, returning), returning),
        statement.skip(returning));
  }

  /** The word FROM that opens the clause, not that of IS DISTINCT FROM. */
  private static int from(Phrase statement, int start) {
    int found = statement.find(start, "from");
    while (found > 0 && statement.has(found - 1, "distinct")) {
      found = statement.find(found + 1, "from");
    }
    return found;
  }

  private static int orEnd(int index, int end) {
    return index < 0 || index > end ? end : index;
  }
}
