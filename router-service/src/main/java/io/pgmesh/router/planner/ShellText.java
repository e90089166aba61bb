package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.router.planner.QueryAnalysis.Use;
import io.pgmesh.router.sql.NotUnderstood;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Query;
import io.pgmesh.router.sql.QueryReader;
import io.pgmesh.router.sql.SqlWriter;
import io.pgmesh.router.sql.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A client's query as the coordinator database has to get it. A shell is an empty table whose rows
 * are those of a foreign table that inherits from it, so some words mean something else there: ONLY
 * would leave the rows out, TABLESAMPLE would leave out none of them, {@code tableoid} would be the
 * foreign table's.
 */
final class ShellText {
  private static final Set<String> INTO_WORDS =
      Set.of("local", "global", "temp", "temporary", "unlogged", "table");

  private final Phrase query;
  private final PlanContext context;
  private final SqlWriter.Replacing text;
  private final WaitMarks marks;

  private ShellText(Phrase query, PlanContext context, SqlWriter.Replacing text) {
    this.query = query;
    this.context = context;
    this.text = text;
    this.marks = WaitMarks.of(query, context);
  }

  /**
   * @param query all of its text but for white space and comments
   * @throws SqlError 0A000 for what no text can make right
   */
  static SqlText of(Phrase query, PlanContext context) {
    ShellsCannotTell.checkQuery(query, context);
    boolean distributed = context.namesDistributed(query);
    return distributed ? shells(query, context).rewritten() : SqlText.unchanged(query.sql());
  }

  /** The query alone, of a statement that has more in it. */
  static SqlText part(Phrase query, PlanContext context) {
    SqlText text = of(query, context);
    return text.text().equals(query.sql()) ? new SqlWriter().copy(query).build() : text;
  }

  /** A statement that has a query in it, such as COPY or PREPARE. */
  static SqlText around(Phrase query, PlanContext context) {
    String sql = query.sql();
    SqlText inner = of(query, context);
    return inner.text().equals(sql)
        ? inner
        : new SqlWriter()
            .copy(sql, 0, query.start())
            .append(inner)
            .copy(sql, query.end(), sql.length())
            .build();
  }

  /** SELECT INTO: the query's text without the clause is a query. */
  static Phrase withoutInto(Phrase statement) {
    int into = statement.find(0, "into");
    int target = into + 1;
    while (INTO_WORDS.contains(statement.at(target).value())
        && statement.at(target).kind() == Token.Kind.WORD) {
      target++;
    }
    List<Token> tokens = new ArrayList<>(statement.sub(0, into).words());
    tokens.addAll(statement.skip(target + statement.nameLength(target)).words());
    return Phrase.of(statement.sql(), tokens);
  }

  /** A whole statement, whose words that no text makes right were refused before. */
  static SqlText ofStatement(Phrase statement, PlanContext context) {
    return read(statement, context).build();
  }

  /**
   * A change of a table that is here, with queries in it.
   *
   * @throws SqlError 0A000 for what no text can make right
   */
  static SqlText ofChange(Phrase change, PlanContext context) {
    BodyQueries inside = BodyQueries.of(change, false);
    ShellsCannotTell.checkChange(change, inside, context);
    SqlWriter.Replacing text = read(change, context);
    for (Phrase query : inside.queries()) {
      if (context.namesDistributed(query)) {
        new ShellText(query, context, text).asked(TableOids.Form.KNOWN);
      }
    }
    return text.build();
  }

  /** WITH of a statement whose other parts are read by themselves. */
  static SqlText ofWith(Phrase with, PlanContext context) {
    return read(with, context).build(with.start(), with.end());
  }

  private static ShellText shells(Phrase query, PlanContext context) {
    return new ShellText(query, context, new SqlWriter.Replacing(query.sql()));
  }

  private static SqlWriter.Replacing read(Phrase statement, PlanContext context) {
    ShellText shells = shells(statement, context);
    shells.withoutOnly();
    shells.marks.writeTo(shells.text);
    return shells.text;
  }

  /**
   * A statement with bodies of functions in it.
   *
   * @throws SqlError 0A000 for what no text can make right
   */
  static SqlText withBodies(Phrase statement, PlanContext context) {
    var text = new SqlWriter.Replacing(statement.sql());
    BodyText.of(statement, context).forEach(body -> body.writeTo(text));
    return text.build();
  }

  /**
   * Changes a query in a body, which runs later and finds other tables then, maybe.
   *
   * @throws SqlError 0A000 for what no text can make right
   */
  static void inBody(Phrase query, PlanContext context, SqlWriter.Replacing text) {
    ShellsCannotTell.checkQuery(query, context);
    ShellsCannotTell.checkKept(query, context);
    if (context.namesDistributed(query)) {
      ShellText shells = new ShellText(query, context, text);
      shells.marks.writeTo(text);
      shells.asked(TableOids.Form.LOOKED_UP);
    }
  }

  private SqlText rewritten() {
    withoutOnly();
    marks.writeTo(text);
    asked(TableOids.Form.KNOWN);
    return text.build(query.start(), query.end());
  }

  private void asked(TableOids.Form form) {
    if (!query.contains("tableoid") && !query.contains("tablesample")) {
      return;
    }
    try {
      Query read = QueryReader.read(query);
      QueryAnalysis analysis = QueryAnalysis.of(read, context);
      analysis.distributed().forEach(this::sample);
      new TableOids(analysis, form, text).replaceIn(read);
    } catch (NotUnderstood cause) {
      throw Unsupported.feature("tableoid or TABLESAMPLE in " + cause.getMessage());
    }
  }

  private void withoutOnly() {
    OnlyTables.takeAway(query, name -> context.distributed(name).isPresent(), text);
  }

  /**
   * Samples rows one by one, SYSTEM too: the coordinator database does not see their pages. A join
   * with nothing has a condition of its own, wherever the table stands, and shows what the table
   * does.
   */
  private void sample(Use use) {
    Phrase sample = use.source().sample();
    if (sample.isEmpty()) {
      return;
    }
    int open = 2;
    if (!sample.hasSymbol(open, "(")
        || !List.of("bernoulli", "system").contains(sample.at(1).value())) {
      throw Unsupported.feature(
          "TABLESAMPLE " + sample.at(1).value() + " over a distributed table");
    }
    int close = sample.behindBrackets(open);
    String arguments = "(" + sample.sub(open + 1, close - 1).text() + ")::pg_catalog.float4";
    if (sample.has(close, "repeatable")) {
      String seed = sample.sub(close + 2, sample.size() - 1).text();
      String row = "(" + Identifiers.quote(use.source().alias()) + ".*)::pg_catalog.text";
      arguments += ", (" + seed + ")::pg_catalog.float8, " + row;
    }
    text.insert(use.source().name().start(), "(");
    text.replace(
        sample,
        "JOIN (SELECT) AS pgmesh_sampled_%d ON pgmesh.is_sampled(%s))"
            .formatted(use.id(), arguments));
  }
}
