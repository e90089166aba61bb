package io.pgmesh.executor.run;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.Listener;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/** Portals on several servers, emptied one after the other as if they were one. */
final class TaskPortals implements Portal {
  private final List<Portal> portals;
  private final boolean writes;
  private final List<String> tags = new ArrayList<>();
  private int current;
  private boolean written;
  private Buffer description = Buffer.buffer();

  /**
   * @param portals all open, so that none sees what is written while they are read
   * @param writes whether they change rows: all of them, even if the client takes none of the rest
   */
  TaskPortals(List<Portal> portals, boolean writes) {
    this.portals = List.copyOf(portals);
    this.writes = writes;
  }

  @Override
  public Future<Part> fetch(int maxRows, boolean describe, Listener listener) {
    boolean describeNow = describe && description.length() == 0;
    if (describe && !describeNow) {
      listener.description(description);
    }
    return fetchFrom(maxRows, 0, describeNow, new Remembering(listener));
  }

  private Future<Part> fetchFrom(int maxRows, long had, boolean describe, Listener listener) {
    if (current == portals.size()) {
      return Future.succeededFuture(new Part(had, true, Tags.sum(tags)));
    }
    int wanted = maxRows == 0 ? 0 : (int) (maxRows - had);
    return portals
        .get(current)
        .fetch(wanted, describe, listener)
        .compose(part -> next(part, maxRows, had + part.rows(), listener));
  }

  private Future<Part> next(Part part, int maxRows, long rows, Listener listener) {
    if (part.done()) {
      tags.add(part.tag());
      current++;
    }
    if (maxRows > 0 && rows >= maxRows) {
      boolean done = current == portals.size();
      return write().map(all -> new Part(rows, done, done ? Tags.sum(tags) : ""));
    }
    return fetchFrom(maxRows, rows, false, listener);
  }

  @Override
  public Future<Void> write() {
    return writes && !written
        ? writeFrom(current).onSuccess(all -> written = true)
        : Future.succeededFuture();
  }

  private Future<Void> writeFrom(int index) {
    return index == portals.size()
        ? Future.succeededFuture()
        : portals.get(index).write().compose(done -> writeFrom(index + 1));
  }

  @Override
  public List<Portal> parts() {
    return portals;
  }

  @Override
  public Future<Void> close() {
    return Future.join(portals.stream().map(Portal::close).toList()).mapEmpty();
  }

  /** Keeps the RowDescription for later fetches. */
  private final class Remembering implements Listener {
    private final Listener client;

    Remembering(Listener client) {
      this.client = client;
    }

    @Override
    public void description(Buffer frame) {
      description = frame;
      client.description(frame);
    }

    @Override
    public void rows(BackendConnection from, Buffer frames) {
      client.rows(from, frames);
    }

    @Override
    public void notice(ErrorFields notice) {
      client.notice(notice);
    }
  }
}
