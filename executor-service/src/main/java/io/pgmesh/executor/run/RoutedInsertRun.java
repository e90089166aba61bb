package io.pgmesh.executor.run;

import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.ShardTarget;
import io.pgmesh.contracts.plan.RowsOfShards;
import io.pgmesh.contracts.plan.RowsOfShards.Group;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.tx.SessionTransaction.Block;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Frames;
import io.pgmesh.executor.worker.Listener;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/**
 * INSERT of a query's rows, by COPY where the statement only inserts; else they are fetched in
 * parts, and each part goes to the shards that own its rows before the next is fetched. All of the
 * query is opened first, so that it does not see what is inserted.
 */
final class RoutedInsertRun {
  private static final int ROWS_PER_PART = 1000;
  private static final String TAG = "INSERT 0 ";
  private static final int PARAMETERS_MAX = 30_000;

  private final Plan.RoutedInsert plan;
  private final Execution run;
  private final ShardKeys keys;
  private long inserted;

  private RoutedInsertRun(Plan.RoutedInsert plan, Execution run) {
    this.plan = plan;
    this.run = run;
    this.keys = new ShardKeys(run.session(), plan.target());
  }

  static Future<Ended> run(Plan.RoutedInsert plan, Execution statement) {
    Execution run = statement.withExactRows();
    var insert = new RoutedInsertRun(plan, run);
    return insert
        .describe()
        .compose(described -> PlanRun.open(plan.source(), run))
        .compose(
            source ->
                (plan.tail().equals(Plan.InsertTail.NONE)
                        ? insert.copy(source)
                        : insert.pump(source))
                    .eventually(() -> source.close()))
        .<Ended>map(count -> new Ended.Done(TAG + count))
        .onSuccess(done -> run.transaction().enterClientMode())
        .recover(cause -> Future.failedFuture(ofInsert(SqlError.from(cause))));
  }

  /** A read-only transaction refuses the statement of the client, not the COPY that it became. */
  private static SqlError ofInsert(SqlError error) {
    String message = error.fields().message();
    return message.startsWith("cannot execute COPY FROM")
        ? new SqlError(
            error.fields().with(ErrorFields.MESSAGE, message.replace("COPY FROM", "INSERT")))
        : error;
  }

  private String columns() {
    return Identifiers.list(plan.columns());
  }

  private Future<Void> describe() {
    if (!run.describe()) {
      return Future.succeededFuture();
    }
    if (plan.tail().returning().isEmpty()) {
      run.listener().description(MadeRows.noData());
      return Future.succeededFuture();
    }
    ShardTarget first = plan.target().shards().getFirst();
    Frames frames =
        new Frames().parse("", insertText(first, 1), run.arguments().types()).describeStatement("");
    return run.transaction()
        .join(run.session().addressOf(first.server()), Block.BEGIN)
        .compose(
            worker ->
                Flight.extended(worker.connection(), frames, run.listener().of(task(first, "")))
                    .future())
        .recover(cause -> Future.failedFuture(ErrorMapping.ofTask(task(first, ""), cause)))
        .mapEmpty();
  }

  private Future<Long> copy(Portal source) {
    var form = new ShardCopies.Form(columns(), "", new byte[0], new byte[0], 0);
    var copies = new ShardCopies(run, plan.target(), form);
    return new RoutedCopy(plan.keyIndex(), keys, copies).run(source);
  }

  private Future<Long> pump(Portal source) {
    var rows = new ArrayList<List<byte[]>>();
    return source
        .fetch(ROWS_PER_PART, false, new CollectedRows(rows))
        .compose(part -> route(rows).map(part))
        .compose(part -> part.done() ? Future.succeededFuture(inserted) : pump(source));
  }

  private Future<Void> route(List<List<byte[]>> rows) {
    List<byte[]> ofRows = rows.stream().map(row -> row.get(plan.keyIndex())).toList();
    return keys.shardsOf(ofRows, 0).compose(shards -> insert(rows, shards));
  }

  private Future<Void> insert(List<List<byte[]>> rows, int[] shards) {
    var places = new RowsOfShards(Arrays.stream(shards).boxed().toList());
    int most = Math.max(1, PARAMETERS_MAX / plan.columns().size());
    return switch (plan.tail().returned()) {
      case UNORDERED -> insertAll(places.byShard(most), rows, (index, client) -> client);
      case EVERY -> {
        List<Group> groups = places.byShard(most);
        yield inTurns(groups, places.turns(groups), rows);
      }
      case SOME -> inTurns(places.inRuns(most), List.of(), rows);
    };
  }

  private Future<Void> inTurns(List<Group> groups, List<Integer> turns, List<List<byte[]>> rows) {
    var held = new HeldRows(groups.size());
    return insertAll(groups, rows, (index, client) -> held.of(List.of(index), client))
        .compose(done -> held.inTurns(turns, TAG))
        .compose(portal -> portal.fetch(0, false, run.listener()))
        .mapEmpty();
  }

  private Future<Void> insertAll(
      List<Group> groups,
      List<List<byte[]>> rows,
      BiFunction<Integer, Listener, Listener> listeners) {
    var inserts = new ArrayList<Future<Void>>();
    for (Group group : groups) {
      int index = inserts.size();
      List<List<byte[]>> own = group.rows().stream().map(rows::get).toList();
      ShardTarget shard = plan.target().shards().get(group.shard());
      inserts.add(insert(shard, own, client -> listeners.apply(index, client)));
    }
    return StatementRun.allOf(inserts).mapEmpty();
  }

  private Future<Void> insert(
      ShardTarget shard, List<List<byte[]>> rows, UnaryOperator<Listener> listener) {
    String sql = insertText(shard, rows.size());
    Task task = task(shard, sql);
    return run.transaction()
        .join(run.session().addressOf(shard.server()), Block.BEGIN)
        .compose(worker -> send(worker, task, rows, listener.apply(run.listener().of(task))))
        .recover(cause -> Future.failedFuture(ErrorMapping.ofTask(task, SqlError.from(cause))))
        .onSuccess(outcome -> inserted += Tags.count(outcome.lastTag()))
        .mapEmpty();
  }

  private Future<Flight.Outcome> send(
      Participant worker, Task task, List<List<byte[]>> rows, Listener listener) {
    worker.markWriter(task.shardIds());
    worker.enter(run.mode());
    Arguments arguments = run.arguments().withTexts(rows.stream().flatMap(List::stream).toList());
    Frames frames = new Frames().run(task.sql().text(), arguments);
    return Flight.extended(worker.connection(), frames, listener).future();
  }

  private static Task task(ShardTarget shard, String sql) {
    return new Task(shard.server(), SqlText.made(sql), List.of(shard.shardId()));
  }

  /** The client's parameters keep their numbers; the rows' values come behind them. */
  private String insertText(ShardTarget shard, int rows) {
    Plan.InsertTail tail = plan.tail();
    var sql = new StringBuilder("INSERT INTO ").append(shard.relation());
    if (!tail.alias().isEmpty()) {
      sql.append(" AS ").append(Identifiers.quote(tail.alias()));
    }
    sql.append(" (").append(columns()).append(") ").append(tail.overriding()).append(" VALUES ");
    int parameter = run.arguments().values().size();
    for (int row = 0; row < rows; row++) {
      sql.append(row > 0 ? ", (" : "(");
      for (int column = 0; column < plan.columns().size(); column++) {
        sql.append(column > 0 ? ", $" : "$").append(++parameter);
      }
      sql.append(')');
    }
    return sql.append(' ').append(tail.conflict()).append(' ').append(tail.returning()).toString();
  }
}
