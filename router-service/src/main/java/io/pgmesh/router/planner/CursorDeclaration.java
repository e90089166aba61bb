package io.pgmesh.router.planner;

import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Cursor;
import io.pgmesh.contracts.plan.Plan.Effects;
import io.pgmesh.contracts.plan.Plan.Use;
import io.pgmesh.contracts.plan.RowLocks;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SqlWriter;
import io.pgmesh.router.sql.Statement.DeclareCursor;

/**
 * DECLARE of a client. Over distributed tables the cursor is a scrolling one, so that its rows can
 * be read ahead of changes to them; one that locks rows may not be, nor need it.
 */
final class CursorDeclaration {
  private CursorDeclaration() {}

  static Plan plan(DeclareCursor declare, PlanContext context) {
    boolean readAhead = readAhead(declare.query(), context);
    SqlText text = ShellText.around(declare.query(), context);
    Cursor cursor = readAhead ? Cursor.DECLARES : Cursor.READS;
    return new Plan.Coordinator(
        readAhead ? scrolling(declare, context) : text,
        declare.holds() ? Use.BLOCK : Use.CLIENT_BLOCK,
        new Effects(false, declare.holds(), cursor),
        "");
  }

  private static boolean readAhead(Phrase query, PlanContext context) {
    return !context.session().readOnly()
        && LockClauses.of(query, context) == RowLocks.NONE
        && query.names().stream().anyMatch(name -> context.distributed(name).isPresent());
  }

  private static SqlText scrolling(DeclareCursor declare, PlanContext context) {
    Phrase head = declare.head();
    String sql = head.sql();
    var changed = new SqlWriter.Replacing(sql);
    int scroll = head.find(0, "scroll");
    if (scroll < 0) {
      changed.insert(head.last().start(), "SCROLL ");
    } else if (head.has(scroll - 1, "no")) {
      changed.replace(head.sub(scroll - 1, scroll), "");
    }
    return new SqlWriter()
        .append(changed.build(0, declare.query().start()))
        .append(ShellText.part(declare.query(), context))
        .copy(sql, declare.query().end(), sql.length())
        .build();
  }
}
