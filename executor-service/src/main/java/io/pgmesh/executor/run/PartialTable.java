package io.pgmesh.executor.run;

import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Frames;
import io.pgmesh.executor.worker.Listener;
import io.pgmesh.executor.worker.RowReader;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;

/**
 * A temporary table of the coordinator database that is being filled with the workers' rows.
 *
 * @param opened once it takes rows
 * @param copying the COPY that fills it
 * @param columns what it has
 */
record PartialTable(Future<Flight> opened, Flight copying, Future<PartialColumns> columns) {

  /**
   * Makes it, with all messages sent at once.
   *
   * @param shape gives the columns, with names and types
   */
  static PartialTable open(
      BackendConnection coordinator, String name, SqlText shape, Arguments arguments) {
    SqlText sql =
        shape.within("CREATE TEMPORARY TABLE " + name + " ON COMMIT DROP AS ", " WITH NO DATA");
    Future<Flight.Outcome> created =
        Flight.extended(coordinator, new Frames().run(sql.text(), arguments), Listener.NONE)
            .future();
    Future<PartialColumns> columns =
        RowReader.query(coordinator, PartialColumns.ASK, "pg_temp." + name).map(PartialColumns::of);
    Promise<Flight> opened = Promise.promise();
    var copying =
        Flight.simple(coordinator, "COPY pg_temp." + name + " FROM STDIN", new CopyOpened(opened));
    copying.future().onFailure(opened::tryFail);
    // of the first failure the others are only the consequence
    Future<Flight> ready =
        created
            .recover(cause -> Future.failedFuture(ErrorMapping.ofText(sql, cause)))
            .compose(done -> columns)
            .compose(done -> opened.future());
    return new PartialTable(ready, copying, columns);
  }

  /** DataRow messages in, COPY text lines out. */
  void write(Buffer frames) {
    byte[] lines = DataRowText.lines(frames);
    copying.copyData(lines, 0, lines.length);
  }

  private record CopyOpened(Promise<Flight> opened) implements Listener {
    @Override
    public void copyIn(Flight flight, Buffer frame) {
      opened.complete(flight);
    }
  }
}
