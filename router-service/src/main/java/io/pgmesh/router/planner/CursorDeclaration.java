package io.pgmesh.router.planner;

import io.pgmesh.contracts.api.SessionEvent.Relation;
import io.pgmesh.contracts.plan.KeptRows;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Cursor;
import io.pgmesh.contracts.plan.Plan.Effects;
import io.pgmesh.contracts.plan.Plan.Use;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SqlWriter;
import io.pgmesh.router.sql.Statement.DeclareCursor;
import java.util.Set;

/**
 * DECLARE of a client. A cursor that may read shards keeps its rows and scrolls, so that they can
 * be read ahead of changes to the shards; one that locks rows may not, nor need it.
 */
final class CursorDeclaration {
  private static final Set<String> SYSTEM_SCHEMAS = Set.of("pg_catalog", "information_schema");

  private CursorDeclaration() {}

  static Plan plan(DeclareCursor declare, PlanContext context) {
    ShellsCannotTell.checkKept(declare.query(), context);
    boolean readAhead = readAhead(declare.query(), context);
    return new Plan.Coordinator(
        readAhead ? scrolling(declare, context) : ShellText.around(declare.query(), context),
        declare.holds() ? Use.BLOCK : Use.CLIENT_BLOCK,
        new Effects(false, declare.holds(), readAhead ? Cursor.DECLARES : Cursor.USES),
        "");
  }

  /** Whether the rows of a cursor have to be read before its transaction changes shards. */
  static boolean readAhead(Phrase query, PlanContext context) {
    return !context.session().readOnly()
        && LockClauses.everywhere(query).isEmpty()
        && (context.namesDistributed(query)
            || context.inspection().relations().stream().anyMatch(CursorDeclaration::isView));
  }

  /** It may read shards by itself. */
  private static boolean isView(Relation relation) {
    return relation.kind() == 'v' && !SYSTEM_SCHEMAS.contains(relation.schema());
  }

  private static SqlText scrolling(DeclareCursor declare, PlanContext context) {
    Phrase head = declare.head();
    String sql = head.sql();
    var changed = new SqlWriter.Replacing(sql);
    int scroll = head.find(2, "scroll"); // behind the name, which may be this word
    if (scroll < 0) {
      changed.insert(head.last().start(), "SCROLL ");
    } else if (scroll > 2 && head.has(scroll - 1, "no")) {
      changed.replace(head.sub(scroll - 1, scroll), "");
    }
    return new SqlWriter()
        .append(changed.build(0, declare.query().start()))
        .append(KeptRows.of(ShellText.part(declare.query(), context)))
        .copy(sql, declare.query().end(), sql.length())
        .build();
  }
}
