package io.pgmesh.router.planner;

import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Effects;
import io.pgmesh.contracts.plan.Plan.Use;
import io.pgmesh.contracts.plan.RowLocks;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.sql.Keywords;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Queries that run whole in the coordinator database. */
final class CoordinatorReads {
  /** What these do lasts as long as the server's session. */
  private static final Set<String> BIND_SESSION =
      Set.of(
          "currval",
          "lastval",
          "nextval",
          "setval",
          "setseed",
          "set_config",
          "pg_advisory_lock",
          "pg_advisory_lock_shared",
          "pg_try_advisory_lock",
          "pg_try_advisory_lock_shared",
          "pg_advisory_unlock",
          "pg_advisory_unlock_all",
          "dblink_connect",
          "lo_open");

  private CoordinatorReads() {}

  /**
   * @param reason why no cheaper tier applies; empty when only local tables are read
   */
  static PlannedStatement plan(Phrase query, PlanContext context, String reason) {
    if (context.session().loopback()) {
      throw Unsupported.message(
          "the coordinator database cannot read distributed tables with this query: " + reason);
    }
    return WholePlan.of(
        new Plan.Coordinator(
            ShellText.of(query, context),
            use(query, context),
            effects(query),
            reason,
            locks(query, context)),
        query);
  }

  /**
   * A volatile function sees what its transaction has changed before each call, as it does in one
   * database, unless shards are named beside it.
   */
  static Plan inParts(Plan.Coordinator plan, Phrase query, PlanContext context) {
    boolean reads =
        CursorDeclaration.readAhead(query, context)
            || callsUsers(query, context)
                && !context.inspection().volatileFunctions()
                && !context.session().readOnly();
    if (!reads || modifies(query)) {
      return plan;
    }
    Effects effects = plan.effects();
    return plan.with(
        new Effects(effects.changesSchema(), effects.bindsSession(), Plan.Cursor.BECOMES));
  }

  /** A function that writes waits for rows as FOR UPDATE does. */
  private static RowLocks locks(Phrase query, PlanContext context) {
    RowLocks locks = WaitMarks.unmarked(query, context);
    // of shards that it names itself it has to see one state
    return locks == RowLocks.NONE && mayWrite(query, context) && !context.namesDistributed(query)
        ? RowLocks.WAIT
        : locks;
  }

  private static boolean mayWrite(Phrase query, PlanContext context) {
    boolean mayBeVolatile = !isInspected(context) || context.inspection().volatileFunctions();
    return mayBeVolatile && callsUsers(query, context);
  }

  private static boolean callsUsers(Phrase query, PlanContext context) {
    return isInspected(context)
        ? context.inspection().userFunctions()
        : !calls(query).stream().allMatch(BuiltinFunctions::isBuiltin);
  }

  private static boolean isInspected(PlanContext context) {
    return context.inspection() != StatementPlanner.Inspection.NONE;
  }

  private static Use use(Phrase query, PlanContext context) {
    return modifies(query) || callsUsers(query, context) ? Use.BLOCK : Use.READ;
  }

  /** Whether a statement in it changes rows. */
  static boolean modifies(Phrase query) {
    return query.contains("insert")
        || updates(query)
        || query.contains("delete")
        || query.contains("merge");
  }

  /** Whether it has an UPDATE and not just a FOR UPDATE or FOR NO KEY UPDATE. */
  private static boolean updates(Phrase query) {
    for (int i = query.contains("update") ? 0 : query.size(); i < query.size(); i++) {
      if (query.has(i, "update") && !query.has(i - 1, "for") && !query.has(i - 1, "key")) {
        return true;
      }
    }
    return false;
  }

  /** Of a query, or of expressions. */
  static Effects effects(Phrase query) {
    if (calls(query).stream().anyMatch(BIND_SESSION::contains)) {
      return Effects.SESSION;
    }
    return isPlain(query) ? Effects.BUILT_IN : Effects.NONE;
  }

  /**
   * Nothing but key words, constants and calls of built-in functions: no table, which may be a
   * view, no operator and no type, which may be users'.
   */
  private static boolean isPlain(Phrase query) {
    return query.words().stream().noneMatch(CoordinatorReads::maybeUsers)
        && query.names().stream()
            .filter(name -> !(name.size() == 1 && Keywords.isReserved(name.first())))
            .allMatch(
                name ->
                    name.size() == 1
                        && query.hasSymbol(name.to() - query.from(), "(")
                        && BuiltinFunctions.isBuiltin(name.last().value()));
  }

  private static boolean maybeUsers(Token token) {
    return token.kind() == Token.Kind.OPERATOR || token.isSymbol("::");
  }

  /** Names of called functions, and words that stand before parentheses. */
  static List<String> calls(Phrase query) {
    List<String> names = new ArrayList<>();
    for (Phrase name : query.names()) {
      boolean call = query.hasSymbol(name.to() - query.from(), "(");
      if (call && !(name.size() == 1 && Keywords.isReserved(name.first()))) {
        names.add(name.last().value());
      }
    }
    return names;
  }
}
