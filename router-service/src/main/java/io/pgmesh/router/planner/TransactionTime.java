package io.pgmesh.router.planner;

import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.InsertTail;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.sql.Keywords;
import io.pgmesh.router.sql.Lexer;
import io.pgmesh.router.sql.OutputNames;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Query;
import io.pgmesh.router.sql.SelectLists;
import io.pgmesh.router.sql.SqlWriter;
import io.pgmesh.router.sql.Token;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Puts a parameter, the transaction's time, in place of the functions that mean it: each server has
 * a transaction of its own, with a time of its own. The parameter may be NULL, which leaves the
 * time to the server. So does a second one for the statement's time.
 */
final class TransactionTime {
  private static final String STATEMENTS = "statement_timestamp";
  private static final Set<String> FUNCTIONS = Set.of("now", "transaction_timestamp", STATEMENTS);

  /** Finds all texts that ask for the time, and some that do not. */
  private static final Pattern MAY_ASK =
      Pattern.compile(
          Stream.of(FUNCTIONS, Keywords.TIMES.keySet())
              .flatMap(Set::stream)
              .collect(Collectors.joining("|")),
          Pattern.CASE_INSENSITIVE);

  private static final Pattern MAY_ASK_FOR_STATEMENTS =
      Pattern.compile(STATEMENTS, Pattern.CASE_INSENSITIVE);

  private final String value;
  private final String ofStatement;
  private boolean statementsAsked;

  /**
   * @param value for the transaction's time; empty where it stays as it is written
   * @param ofStatement for the statement's time
   */
  private TransactionTime(String value, String ofStatement) {
    this.value = value;
    this.ofStatement = ofStatement;
  }

  private static String value(int parameter) {
    return "coalesce($" + parameter + "::pg_catalog.timestamptz, pg_catalog.now())";
  }

  /** The same plan with one time for all servers; as it is where the statement asks for none. */
  static PlannedStatement in(PlannedStatement planned, Phrase statement, PlanContext context) {
    boolean defaults = !statement.starts("select") && TimeDefaults.mayBeIn(context);
    boolean asks = isIn(statement) || defaults;
    if (context.session().loopback() || !asks) {
      return planned;
    }
    int parameter = context.inspection().parameterTypes().size() + 1;
    var time = new TransactionTime(value(parameter), value(parameter + 1));
    return planned.changed(time::in);
  }

  /** Whether a text that was not read yet may ask for the statement's time. */
  static boolean mayAskForStatements(String sql) {
    return MAY_ASK_FOR_STATEMENTS.matcher(sql).find();
  }

  /** A text for the coordinator database in which the statement's time is the transaction's. */
  static SqlText ofLoneStatement(SqlText sql) {
    return new TransactionTime("", "pg_catalog.now()").in(sql);
  }

  /** Whether a text that was not read yet may ask for the time. */
  static boolean mayBeIn(String sql) {
    return MAY_ASK.matcher(sql).find();
  }

  /** Whether a text asks for the time anywhere. */
  static boolean isIn(Phrase text) {
    for (int i = 0; i < text.size(); i++) {
      if (at(text, i).isPresent()) {
        return true;
      }
    }
    return false;
  }

  /** Whether a text begins by asking for it. */
  static boolean starts(Phrase text) {
    return at(text, 0).isPresent();
  }

  // ---- plans

  private Plan in(Plan plan) {
    Plan changed = ofShards(plan);
    return changed.equals(plan) ? plan : new Plan.Timed(changed, statementsAsked);
  }

  /** The coordinator database knows the time. */
  private Plan ofShards(Plan plan) {
    return switch (plan) {
      case Plan.OneShard(var task, var writes) -> new Plan.OneShard(in(task), writes);
      case Plan.Scatter(var tasks, var gather, var writes) ->
          new Plan.Scatter(tasks.stream().map(this::in).toList(), in(gather), writes);
      case Plan.RoutedInsert insert ->
          new Plan.RoutedInsert(
              ofShards(insert.source()),
              insert.target(),
              insert.columns(),
              insert.keyIndex(),
              in(insert.tail()));
      case Plan.Coordinator coordinator -> plan;
      case Plan.Timed timed -> plan;
      case Plan.CopyIn copy -> plan;
      case Plan.Maintenance maintenance -> plan;
      case Plan.Ddl ddl -> plan;
      case Plan.Explain explain -> plan;
      case Plan.Transaction verb -> plan;
      case Plan.Setting setting -> plan;
      case Plan.DeclareCursor declare -> plan;
      case Plan.FetchCursor fetch -> plan;
      case Plan.CloseCursor close -> plan;
      case Plan.WorkerCalls calls -> plan;
      case Plan.Carry carry -> plan;
      case Plan.Evaluation evaluation -> plan;
    };
  }

  private Task in(Task task) {
    return task.with(in(task.sql()));
  }

  private Gather in(Gather gather) {
    return switch (gather) {
      case Gather.Concat concat -> concat;
      case Gather.InTurns turns -> turns;
      case Gather.CopyOut copy -> copy;
      case Gather.Combine(var shape, var finish) -> new Gather.Combine(in(shape), in(finish));
    };
  }

  private InsertTail in(InsertTail tail) {
    return new InsertTail(
        tail.alias(),
        tail.overriding(),
        in(tail.conflict()),
        in(tail.returning()),
        tail.returned());
  }

  // ---- texts

  private String in(String text) {
    return in(SqlText.made(text)).text();
  }

  private SqlText in(SqlText sql) {
    Phrase text = Phrase.of(sql.text(), Lexer.tokens(sql.text()));
    if (!isIn(text)) {
      return sql;
    }
    List<Query.Item> items = SelectLists.items(text);
    Set<Integer> labels =
        items.stream()
            .filter(Query.Item::labelled)
            .map(i -> label(text, i))
            .collect(Collectors.toSet());
    var changed = new SqlWriter.Replacing(sql.text());
    for (int i = 0; i < text.size(); i++) {
      Optional<Phrase> asked = labels.contains(i) ? Optional.empty() : replaced(text, i);
      asked.ifPresent(time -> changed.replace(time, typed(time)));
      i += asked.map(time -> time.size() - 1).orElse(0);
    }
    for (Query.Item item : items) {
      if (!item.labelled()) {
        name(item.expression())
            .ifPresent(name -> changed.insert(item.expression().end(), " AS " + name));
      }
    }
    return changed.build().copiedFrom(sql);
  }

  private Optional<Phrase> replaced(Phrase text, int index) {
    return at(text, index).filter(time -> !value.isEmpty() || isStatements(time));
  }

  /** Where the label of a select list's part stands. */
  private static int label(Phrase text, Query.Item item) {
    int behind = item.expression().to() - text.from();
    return text.has(behind, "as") ? behind + 1 : behind;
  }

  private String typed(Phrase time) {
    String type = Keywords.TIMES.get(time.first().value());
    if (isStatements(time)) {
      statementsAsked = true;
      return ofStatement;
    }
    boolean plain = type == null || type.equals("timestamptz") && time.size() == 1;
    return plain ? value : "CAST(" + value + " AS pg_catalog." + type + time.skip(1).text() + ")";
  }

  private static boolean isStatements(Phrase time) {
    return time.size() > 1 && time.at(time.size() - 3).value().equals(STATEMENTS);
  }

  private Optional<String> name(Phrase expression) {
    return OutputNames.namesake(expression)
        .flatMap(shown -> replaced(shown, 0).filter(time -> time.size() == shown.size()))
        .map(time -> time.at(time.nameLength(0) - 1).value());
  }

  /** What asks for the time at an index. */
  private static Optional<Phrase> at(Phrase text, int index) {
    int length = index < text.size() && text.at(index).isIdentifier() ? length(text, index) : 0;
    return length == 0 ? Optional.empty() : Optional.of(text.sub(index, index + length));
  }

  private static int length(Phrase text, int index) {
    if (text.hasSymbol(index - 1, ".") || text.has(index - 1, "as")) {
      return 0;
    }
    Token token = text.at(index);
    if (token.kind() == Token.Kind.WORD && Keywords.TIMES.containsKey(token.value())) {
      boolean precision =
          text.hasSymbol(index + 1, "(")
              && text.hasSymbol(index + 3, ")")
              && text.at(index + 2).kind() == Token.Kind.INTEGER;
      return precision ? 4 : 1;
    }
    int name = token.value().equals("pg_catalog") ? text.nameLength(index) : 1;
    boolean called =
        name <= 3
            && FUNCTIONS.contains(text.at(index + name - 1).value())
            && text.hasSymbol(index + name, "(")
            && text.hasSymbol(index + name + 1, ")");
    return called ? name + 2 : 0;
  }
}
