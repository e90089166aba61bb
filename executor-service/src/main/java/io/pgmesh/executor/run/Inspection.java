package io.pgmesh.executor.run;

import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.api.SessionEvent.Relation;
import io.pgmesh.contracts.api.SessionEvent.TypeParts;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.tx.SessionTransaction;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Frames;
import io.pgmesh.executor.worker.Listener;
import io.pgmesh.executor.worker.RowReader;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Asks the coordinator database what a text means: parameters, columns, names. */
final class Inspection {
  /** Names that to_regclass takes without raising an error. */
  private static final Pattern RESOLVABLE =
      Pattern.compile(
          "(\"([^\"\\x00]|\"\")+\"|[\\p{L}_][\\p{L}\\p{N}_$]*)"
              + "(\\s*\\.\\s*(\"([^\"\\x00]|\"\")+\"|[\\p{L}_][\\p{L}\\p{N}_$]*)){0,1}");

  /** Everything with an oid below belongs to PostgreSQL itself. */
  private static final int FIRST_USER_OID = 16384;

  /** Everything that a view reads, where a distributed table has its foreign table as a child. */
  private static final String READS_SHARDS =
      "c.relkind = 'v' AND EXISTS (WITH RECURSIVE read (oid) AS (SELECT c.oid UNION"
          + " SELECT d.refobjid FROM read JOIN pg_catalog.pg_rewrite r ON r.ev_class = read.oid"
          + " JOIN pg_catalog.pg_depend d ON d.objid = r.oid"
          + " AND d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass"
          + " AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass)"
          + " SELECT FROM read JOIN pg_catalog.pg_inherits i ON i.inhparent = read.oid"
          + " JOIN pg_catalog.pg_class f ON f.oid = i.inhrelid"
          + " JOIN pg_catalog.pg_namespace s ON s.oid = f.relnamespace"
          + " WHERE s.nspname = 'pgmesh_remote')";

  private static final Pattern PASSING_BY =
      Pattern.compile("\\b(nowait|locked)\\b", Pattern.CASE_INSENSITIVE);
  private static final String RESOLVE =
      "SELECT c.oid, n.nspname, c.relname, c.relkind,"
          + " pg_catalog.has_table_privilege(c.oid, 'INSERT'), %s"
          + " FROM pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY AS a(name, number)"
          + " LEFT JOIN pg_catalog.pg_class c ON c.oid ="
          + " (CASE WHEN a.name <> '' THEN pg_catalog.to_regclass(a.name) END)"
          + " LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
          + " ORDER BY a.number";
  private static final String FUNCTIONS =
      "SELECT coalesce(bool_or(p.oid >= "
          + FIRST_USER_OID
          + " AND l.lanname NOT IN ('internal', 'c')), false),"
          + " coalesce(bool_or(p.provolatile = 'v'), false)"
          + " FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang"
          + " WHERE p.proname = ANY ($1::pg_catalog.name[])";

  /** Long enough for whoever is only passing. */
  private static final int ASIDE_LOCK_MILLIS = 10;

  private Inspection() {}

  static Future<SessionEvent> run(Session session, SessionCommand.Inspect command) {
    if (command.aside()) {
      return session.withCoordinator(connection -> aside(session, connection, command));
    }
    Optional<SessionTransaction> transaction = session.transaction();
    if (transaction.filter(SessionTransaction::failed).isPresent()) {
      return Future.failedFuture(
          new SqlError(
              SqlState.IN_FAILED_SQL_TRANSACTION,
              "current transaction is aborted, commands ignored until end of transaction block"));
    }
    return onCoordinator(session, connection -> ask(connection, command));
  }

  /**
   * Neither waits for locks that the session's own transaction has, nor fails it. A session that is
   * bound to its connection has no other one to ask on.
   */
  private static Future<SessionEvent> aside(
      Session session, BackendConnection connection, SessionCommand.Inspect command) {
    Optional<BackendConnection> own =
        session.transaction().flatMap(SessionTransaction::coordinator).map(Participant::connection);
    boolean inside = own.filter(connection::equals).isPresent();
    if (own.isEmpty() || inside && connection.status() == 'E') {
      return ask(connection, command);
    }
    if (inside) {
      connection.leads().add("SAVEPOINT pgmesh_aside");
    } else {
      connection.leads().add("BEGIN");
      connection.leads().add("SET LOCAL lock_timeout = " + ASIDE_LOCK_MILLIS);
    }
    String undo =
        inside ? "ROLLBACK TO SAVEPOINT pgmesh_aside; RELEASE SAVEPOINT pgmesh_aside" : "ROLLBACK";
    return ask(connection, command)
        .eventually(() -> Flight.simple(connection, undo, Listener.NONE).future());
  }

  /**
   * A loopback session's texts name tables that the coordinator database does not know by that
   * name. Of those that postgres_fdw has described, only cursors are declared, which return no
   * rows.
   */
  static Future<SessionEvent> ofLoopback(SessionCommand.Inspect command) {
    return Future.succeededFuture(
        new SessionEvent.Inspected(
            command.channel(),
            command.statement(),
            command.parameterTypes(),
            MadeRows.noData(),
            List.of(),
            false,
            false,
            List.of()));
  }

  /** On the transaction's own connection when it has one, so that its changes are seen. */
  static <T> Future<T> onCoordinator(Session session, Function<BackendConnection, Future<T>> work) {
    return session
        .transaction()
        .flatMap(SessionTransaction::coordinator)
        .filter(participant -> !participant.connection().busy())
        .map(
            participant -> {
              participant.use();
              return work.apply(participant.connection());
            })
        .orElseGet(() -> session.withCoordinator(work));
  }

  private static Future<SessionEvent> ask(
      BackendConnection connection, SessionCommand.Inspect command) {
    var described = new Described();
    Frames frames =
        new Frames().parse("", command.sql(), command.parameterTypes()).describeStatement("");
    Future<Flight.Outcome> statement = Flight.extended(connection, frames, described).future();
    Future<List<List<String>>> relations =
        command.relations().isEmpty()
            ? Future.succeededFuture(List.of())
            : RowReader.query(
                connection, resolving(command.sql()), arrayOf(resolvable(command.relations())));
    Future<List<List<String>>> functions =
        command.functions().isEmpty()
            ? Future.succeededFuture(List.of(List.of("f", "f")))
            : RowReader.query(connection, FUNCTIONS, arrayOf(command.functions()));
    return StatementRun.allOf(
            List.of(statement.<Object>map(o -> o), relations.map(o -> o), functions.map(o -> o)))
        .compose(
            done ->
                PartsOfTypes.find(connection, statement.result().parameterTypes(), described.frame))
        .map(
            types ->
                answer(
                    command,
                    new Columns(statement.result().parameterTypes(), described.frame, types),
                    relations.result(),
                    functions.result().getFirst()))
        .recover(
            cause ->
                Future.failedFuture(
                    ErrorMapping.ofText(
                        SqlText.unchanged(command.sql()),
                        statement.failed() ? statement.cause() : cause)));
  }

  private record Columns(List<Long> parameterTypes, Buffer description, List<TypeParts> types) {}

  private static SessionEvent answer(
      SessionCommand.Inspect command,
      Columns columns,
      List<List<String>> found,
      List<String> functions) {
    var relations = new java.util.ArrayList<Relation>();
    for (int i = 0; i < command.relations().size(); i++) {
      relations.add(relation(command.relations().get(i), found.get(i)));
    }
    return new SessionEvent.Inspected(
        command.channel(),
        command.statement(),
        columns.parameterTypes,
        columns.description,
        relations,
        functions.get(0).equals("t"),
        functions.get(1).equals("t"),
        columns.types);
  }

  private static String resolving(String sql) {
    return RESOLVE.formatted(PASSING_BY.matcher(sql).find() ? READS_SHARDS : "false");
  }

  private static Relation relation(String asked, List<String> row) {
    return row.getFirst() == null
        ? new Relation(asked, 0, "", "", ' ', false)
        : new Relation(
            asked,
            Long.parseLong(row.get(0)),
            row.get(1),
            row.get(2),
            row.get(3).charAt(0),
            row.get(4).equals("t"),
            row.get(5).equals("t"));
  }

  private static List<String> resolvable(List<String> names) {
    return names.stream().map(name -> RESOLVABLE.matcher(name).matches() ? name : "").toList();
  }

  /** A text array constant. */
  static String arrayOf(List<String> values) {
    var text = new StringBuilder("{");
    for (String value : values) {
      text.append(text.length() > 1 ? "," : "").append('"');
      text.append(value.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
    }
    return text.append('}').toString();
  }

  private static final class Described implements Listener {
    private Buffer frame = Buffer.buffer();

    @Override
    public void description(Buffer whole) {
      frame = whole;
    }
  }
}
